import { enterRound, fileNamed, type IpxeRounds, noRounds } from './ipxe-rounds.ts'
import { NamedMachines } from './named-machines.ts'
import {
  askedBootServer,
  type FormMemory,
  nextForm,
  noOffers,
  offered,
  pendingForm,
  taken,
} from './offer-form.ts'
import type { Decision, NodeIdentity, NodeMemory, OfferForm } from './types.ts'

/** A node never seen before. */
export const freshMemory: NodeMemory = { form: 'direct', ipxe: 'first' }

/** From which form of offer to which. */
export interface Fallback {
  readonly from: OfferForm
  readonly to: OfferForm
}

interface Remembered {
  readonly forms: FormMemory
  readonly ipxe: IpxeRounds
}

/**
 * What nodes did with our offers, by MAC: which form to offer next (`offer-form.ts`), and whether iPXE
 * goes in circles (`ipxe-rounds.ts`). Bounded: of too many nodes the one answered longest ago is
 * forgotten. Time comes in as `nowMs`, monotonic, so that nothing here has a clock.
 */
export class NodeMemories {
  readonly #nodes = new Map<string, Remembered>()
  readonly #machines: NamedMachines
  readonly #maxNodes: number

  constructor(options: { readonly maxNodes?: number } = {}) {
    this.#maxNodes = options.maxNodes ?? 10_000
    this.#machines = new NamedMachines(this.#maxNodes)
  }

  get size(): number {
    return this.#nodes.size
  }

  /** What a decision about this DISCOVER may know. Nodes that are never answered take no room here. */
  observeDiscover(node: NodeIdentity, transactionId: number, nowMs: number): NodeMemory {
    if (node.firmware === 'ipxe') return this.#observeIpxe(node, transactionId, nowMs)
    const before = this.#nodes.get(node.mac)
    if (before === undefined) return freshMemory
    return { form: nextForm(before.forms, nowMs), ipxe: before.ipxe.stage }
  }

  #observeIpxe(node: NodeIdentity, transactionId: number, nowMs: number): NodeMemory {
    const { ipxe } = this.#enterRound(node.mac, transactionId, nowMs)
    const bootedFrom = ipxe === 'first' ? this.#machines.bootedFrom(node, nowMs) : undefined
    return { form: 'direct', ipxe: bootedFrom === undefined ? ipxe : 'chained', bootedFrom }
  }

  #enterRound(mac: string, transactionId: number, nowMs: number): NodeMemory {
    const before = this.#nodes.get(mac)
    if (before === undefined) return freshMemory
    // iPXE runs, so a file was fetched, even where the fetch could not be told by its MAC.
    const now = {
      forms: taken(before.forms, nowMs),
      ipxe: enterRound(before.ipxe, transactionId, nowMs),
    }
    this.#nodes.set(mac, now)
    return { form: 'direct', ipxe: now.ipxe.stage }
  }

  /** A REQUEST to the boot server. It belongs to the round before it: iPXE may send another transaction id, even 0. */
  observeBootServer(mac: string): NodeMemory {
    const before = this.#nodes.get(mac)
    if (before === undefined) return { form: 'bootServer', ipxe: 'first' }
    this.#nodes.set(mac, { ...before, forms: askedBootServer(before.forms) })
    return { form: 'bootServer', ipxe: before.ipxe.stage }
  }

  /**
   * An answer of ours goes out. Says so when it takes another form than the one before it, of which
   * nothing came.
   */
  observeAnswer(decision: Decision, transactionId: number, nowMs: number): Fallback | undefined {
    if (decision.kind === 'ignore') return undefined
    const { mac, firmware } = decision.node
    const before = this.#nodes.get(mac) ?? { forms: noOffers, ipxe: noRounds }
    let { forms, ipxe } = before
    if (decision.kind === 'offer' && firmware === 'pxe') forms = offered(forms, decision.form, nowMs)
    if (decision.kind === 'offer' && firmware === 'ipxe') ipxe = enterRound(ipxe, transactionId, nowMs)
    if (decision.gives !== 'script' && firmware !== 'ipxe') this.#machines.note(decision.node, nowMs)
    if (decision.gives !== 'script') ipxe = fileNamed(ipxe, firmware === 'ipxe' ? 'ipxe' : 'firmware', nowMs)
    this.#remember(mac, { forms, ipxe })
    return fallbackBetween(pendingForm(before.forms, nowMs), pendingForm(forms, nowMs))
  }

  /** The node asked for its boot file, by TFTP or HTTP: it took our offer. */
  observeFetch(mac: string, nowMs: number): void {
    const before = this.#nodes.get(mac)
    if (before !== undefined) this.#nodes.set(mac, { ...before, forms: taken(before.forms, nowMs) })
  }

  /** Moves the node to the young end of the map, and drops the one at the old end if there are too many. */
  #remember(mac: string, remembered: Remembered): void {
    this.#nodes.delete(mac)
    this.#nodes.set(mac, remembered)
    if (this.#nodes.size <= this.#maxNodes) return
    const oldest = this.#nodes.keys().next()
    if (oldest.done !== true) this.#nodes.delete(oldest.value)
  }
}

function fallbackBetween(from: OfferForm | undefined, to: OfferForm | undefined): Fallback | undefined {
  return from === undefined || to === undefined || from === to ? undefined : { from, to }
}
