import type { Clock } from '../net/datagram.ts'
import { errorCode } from '../wire/tftp/constants.ts'
import { encode } from '../wire/tftp/encode.ts'
import type { TftpObserver } from './facts.ts'
import { OldestFirst } from './oldest-first.ts'
import { outcomeFact } from './outcome-fact.ts'
import type { RunningTransfer } from './running-transfer.ts'
import { acknowledgedBytes, type Outcome, type Step, type TftpEvent } from './session/state.ts'
import { step } from './session/step.ts'
import { TimerWheel } from './timer-wheel.ts'

export interface TransferLimits {
  readonly maxTransfers: number
  readonly maxTransfersPerAddress: number
}

const progressEveryMs = 1000
/** A node that is there answers our OACK well within this, also in a storm: younger ones keep their place. */
const answerWithinMs = 500
const stoppingError = encode({
  type: 'error',
  code: errorCode.notDefined,
  message: 'The server is stopping',
})

/** All running transfers of a server: their bounds, their clock, and what is told of them. */
export class Transfers {
  readonly #clock: Clock
  readonly #limits: TransferLimits
  readonly #observe: TftpObserver
  readonly #wheel: TimerWheel<RunningTransfer>
  /** Each with what its listener wants to do when it ends. */
  readonly #running = new Map<RunningTransfer, () => void>()
  /** Those whose client was never heard: the ones to give up when room is needed. */
  readonly #unheard = new OldestFirst<RunningTransfer>()
  readonly #byAddress = new Map<string, number>()
  readonly #idleListeners: (() => void)[] = []

  constructor(clock: Clock, limits: TransferLimits, observe: TftpObserver) {
    this.#clock = clock
    this.#limits = limits
    this.#observe = observe
    this.#wheel = new TimerWheel(clock, (transfer, atMs) => this.play(transfer, { type: 'deadline', atMs }))
  }

  get count(): number {
    return this.#running.size
  }

  /** Makes room for one more; the reason when there is none. */
  refusal(address: string, atMs: number): string | undefined {
    if ((this.#byAddress.get(address) ?? 0) >= this.#limits.maxTransfersPerAddress)
      return 'tftp-too-many-transfers-of-one-address'
    if (this.count < this.#limits.maxTransfers) return undefined
    const { oldest } = this.#unheard
    if (oldest === undefined || atMs - oldest.startedAtMs < answerWithinMs) return 'tftp-too-many-transfers'
    this.play(oldest, { type: 'evicted', atMs })
    return undefined
  }

  /** Takes a new transfer in, with the step that began it; `ended` is called once. */
  add(transfer: RunningTransfer, first: Step, ended: () => void): void {
    this.#running.set(transfer, ended)
    this.#unheard.add(transfer)
    const { address } = transfer.client
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1)
    const { blockBytes, windowSize } = transfer.session.transfer
    this.#observe({ ...transfer.about, type: 'requested', blockBytes, windowSize })
    transfer.take(first)
    this.#wheel.watch(transfer)
  }

  /** Lets something happen to a running transfer. */
  play(transfer: RunningTransfer, event: TftpEvent): void {
    const outcome = transfer.take(step(transfer.session, event))
    if (outcome !== undefined) this.#end(transfer, outcome, event.atMs)
    else {
      if (transfer.session.heard) this.#heard(transfer, event.atMs)
      this.#wheel.watch(transfer)
    }
  }

  /** Resolves when no transfer is running. */
  idle(): Promise<void> {
    if (this.count === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idleListeners.push(resolve))
  }

  stop(): void {
    const atMs = this.#clock.now()
    for (const transfer of [...this.#running.keys()]) this.play(transfer, { type: 'stop', atMs })
    this.#wheel.stop()
  }

  #heard(transfer: RunningTransfer, nowMs: number): void {
    this.#unheard.delete(transfer)
    if (nowMs - transfer.reported.atMs < progressEveryMs) return
    const sentBytes = acknowledgedBytes(transfer.session)
    if (sentBytes === transfer.reported.bytes) return
    transfer.reported = { atMs: nowMs, bytes: sentBytes }
    this.#observe({ ...transfer.about, type: 'progress', sentBytes })
  }

  #end(transfer: RunningTransfer, outcome: Outcome, nowMs: number): void {
    this.#forget(transfer)
    // A forged source had its one packet; a client that lost it asks again anyway.
    if (transfer.session.heard && outcome.kind === 'failed' && outcome.reason === 'server-stopping')
      transfer.socket.send(stoppingError, transfer.client)
    this.#observe(outcomeFact(transfer, outcome, nowMs))
    if (this.count === 0) for (const resolve of this.#idleListeners.splice(0)) resolve()
  }

  #forget(transfer: RunningTransfer): void {
    this.#running.get(transfer)?.()
    this.#running.delete(transfer)
    this.#unheard.delete(transfer)
    this.#wheel.forget(transfer)
    const { address } = transfer.client
    const left = (this.#byAddress.get(address) ?? 1) - 1
    if (left === 0) this.#byAddress.delete(address)
    else this.#byAddress.set(address, left)
  }
}
