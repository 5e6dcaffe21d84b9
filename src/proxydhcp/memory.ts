import { duplicateWithinMs } from './quirks.ts'
import type { Decision, IpxeStage, NodeIdentity, NodeMemory, OfferForm } from './types.ts'

/**
 * What nodes did with our offers, by MAC: which form of offer to send next, and whether iPXE goes in
 * circles. Bounded: the node not heard of for longest is forgotten first. Time comes in as `nowMs`
 * (monotonic), so that nothing here has a clock.
 *
 * ## Which form
 *
 * No form works for all firmware (`docs/adr/0003-offer-forms.md`). A node that discovers again although we
 * offered, and has fetched nothing since, gets the other form; if it comes again, the first one again, and so
 * on. Alternating rather than settling matters because there is an innocent reason to discover again: the site's DHCP server was slow
 * and the node has no address yet. From our side that looks the same as being ignored. Alternating is
 * right for both: edk2 keeps every offer of one attempt, retries included, and prefers the direct one
 * whenever it has understood it, so a second form can only add a way to boot.
 *
 * What a fetch proves is remembered: the boot server form if the node asked the boot server first, else
 * the direct form, whichever was sent last. So a slow DHCP server teaches us nothing wrong.
 *
 * ## Where iPXE stands
 *
 * A file was given to this MAC, and now iPXE asks, in a transaction of its own: that iPXE came out of the file (`chained`).
 * The same transaction again is a retry and gets the same answer. Once answered, the next new
 * transaction is the next boot, whose iPXE may be the one in the ROM (`first`).
 */
export class NodeMemories {
  readonly #nodes = new Map<string, Remembered>()
  readonly #maxNodes: number

  constructor(options: { readonly maxNodes?: number } = {}) {
    this.#maxNodes = options.maxNodes ?? 10_000
  }

  get size(): number {
    return this.#nodes.size
  }

  /** What a decision about this DISCOVER may know. Nodes that are never answered take no room here. */
  observeDiscover(node: NodeIdentity, transactionId: number, nowMs: number): NodeMemory {
    const remembered = this.#nodes.get(node.mac)
    if (remembered === undefined) return freshMemory
    if (node.firmware === 'ipxe') {
      // iPXE runs, so a file was fetched, even where the fetch could not be told by its MAC.
      prove(remembered, nowMs)
      remembered.ipxe = enterIpxe(remembered, transactionId, nowMs)
    }
    return { form: nextForm(remembered, nowMs), ipxe: remembered.ipxe.stage }
  }

  /** The form of the offer that this node has made nothing of so far. */
  pendingForm(mac: string, nowMs: number): OfferForm | undefined {
    const offer = this.#nodes.get(mac)?.offer
    return offer !== undefined && nowMs - offer.atMs < attemptWindowMs ? offer.form : undefined
  }

  /** A REQUEST to the boot server. It belongs to the session before it: iPXE may send another transaction id, even 0. */
  observeBootServer(mac: string): NodeMemory {
    const remembered = this.#nodes.get(mac)
    if (remembered?.offer !== undefined) remembered.offer.askedBootServer = true
    return { form: 'bootServer', ipxe: remembered?.ipxe.stage ?? 'first' }
  }

  /** An answer of ours went out. */
  observeAnswer(decision: Decision, transactionId: number, nowMs: number): void {
    if (decision.kind === 'ignore') return
    const isNew = !this.#nodes.has(decision.node.mac)
    const remembered = this.#touch(decision.node.mac)
    if (isNew && decision.node.firmware === 'ipxe') {
      remembered.ipxe = enterIpxe(remembered, transactionId, nowMs)
    }
    if (decision.gives !== 'script') remembered.fileGivenAtMs = nowMs
    if (decision.kind === 'offer' && decision.node.firmware === 'pxe') {
      remembered.offer = { form: decision.form, atMs: nowMs, askedBootServer: false }
    }
  }

  /** The node asked for its boot file, by TFTP or HTTP: it took our offer. */
  observeFetch(mac: string, nowMs: number): void {
    const remembered = this.#nodes.get(mac)
    if (remembered !== undefined) prove(remembered, nowMs)
  }

  #touch(mac: string): Remembered {
    const remembered = this.#nodes.get(mac) ?? {
      offer: undefined,
      proven: undefined,
      fileGivenAtMs: undefined,
      ipxe: noIpxe,
    }
    this.#nodes.delete(mac)
    this.#nodes.set(mac, remembered)
    if (this.#nodes.size > this.#maxNodes) this.#forgetOldest()
    return remembered
  }

  #forgetOldest(): void {
    for (const mac of this.#nodes.keys()) {
      this.#nodes.delete(mac)
      return
    }
  }
}

/** A node never seen before. */
export const freshMemory: NodeMemory = { form: 'direct', ipxe: 'first' }

/** A first boot attempt ends after 60 s; firmware that tries IPv6 and HTTP in between is back within 4 min [measured]. */
export const attemptWindowMs = 10 * 60_000
/** How long a form that worked is trusted: a firmware update may mend the firmware meanwhile. */
export const provenForMs = 24 * 60 * 60_000
/** iPXE that chains itself comes round every 18 s [measured]; a boot that goes well makes two rounds. */
export const mostIpxeRounds = 8
export const ipxeRoundsWindowMs = 5 * 60_000

interface Remembered {
  /** The last offer that nothing has come of yet. */
  offer: { readonly form: OfferForm; readonly atMs: number; askedBootServer: boolean } | undefined
  proven: { readonly form: OfferForm; readonly atMs: number } | undefined
  /** When the boot file was last named to this node, until iPXE came out of it. */
  fileGivenAtMs: number | undefined
  ipxe: IpxeSession
}

interface IpxeSession {
  readonly stage: IpxeStage
  readonly transactionId: number | undefined
  readonly rounds: number
  readonly roundsSinceMs: number
}

const noIpxe: IpxeSession = { stage: 'first', transactionId: undefined, rounds: 0, roundsSinceMs: 0 }

function nextForm({ offer, proven }: Remembered, nowMs: number): OfferForm {
  if (offer !== undefined && nowMs - offer.atMs < attemptWindowMs) {
    return nowMs - offer.atMs < duplicateWithinMs ? offer.form : otherForm(offer.form)
  }
  return proven !== undefined && nowMs - proven.atMs < provenForMs ? proven.form : 'direct'
}

function otherForm(form: OfferForm): OfferForm {
  return form === 'direct' ? 'bootServer' : 'direct'
}

/** A node that fetches without asking the boot server has understood a direct offer, whatever came after it. */
function prove(remembered: Remembered, nowMs: number): void {
  if (remembered.offer === undefined) return
  remembered.proven = { form: remembered.offer.askedBootServer ? 'bootServer' : 'direct', atMs: nowMs }
  remembered.offer = undefined
}

function enterIpxe(remembered: Remembered, transactionId: number, nowMs: number): IpxeSession {
  const { ipxe, fileGivenAtMs } = remembered
  if (ipxe.transactionId === transactionId) return ipxe
  const sameWindow = nowMs - ipxe.roundsSinceMs < ipxeRoundsWindowMs
  const rounds = sameWindow ? ipxe.rounds + 1 : 1
  const chained = fileGivenAtMs !== undefined && nowMs - fileGivenAtMs < attemptWindowMs
  remembered.fileGivenAtMs = undefined
  return {
    stage: rounds > mostIpxeRounds ? 'looping' : chained ? 'chained' : 'first',
    transactionId,
    rounds,
    roundsSinceMs: sameWindow ? ipxe.roundsSinceMs : nowMs,
  }
}
