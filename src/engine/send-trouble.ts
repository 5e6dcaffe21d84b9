import type { EventSink, Happening } from '../events/event.ts'

/** Of one answer, whose address may be forged: nothing is wrong with the NIC. */
const ofOneAnswer = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EINVAL', 'EACCES', 'EMSGSIZE'])

export interface Nic {
  readonly interface: string
  readonly address: string
}

/**
 * What it means that an answer could not be sent: one request less, or a NIC on which nothing goes
 * out. The latter is told once, and once when answers leave again.
 */
export class SendTrouble {
  readonly #nic: Nic
  readonly #publish: EventSink
  #failing = false
  /** An answer was sent since the last failure, and no failure has come of it. */
  #sentWell = false

  constructor(nic: Nic, publish: EventSink) {
    this.#nic = nic
    this.#publish = publish
  }

  /** Call before each answer. */
  sending(): void {
    if (this.#failing && this.#sentWell) {
      this.#failing = false
      const { interface: name, address } = this.#nic
      this.#tell({ type: 'interface.listening', interface: name, address })
    }
    this.#sentWell = true
  }

  failed(error: Error): void {
    const code = 'code' in error ? String(error.code) : 'INTERNAL'
    const { interface: name } = this.#nic
    const { message } = error
    if (ofOneAnswer.has(code)) {
      this.#tell({ type: 'packet.dropped', interface: name, reason: 'answer-undeliverable', detail: message })
      return
    }
    this.#sentWell = false
    if (this.#failing) return
    this.#failing = true
    this.#tell({ type: 'interface.failed', interface: name, code, message })
  }

  #tell(happening: Happening): void {
    this.#publish({ atMs: Date.now(), ...happening })
  }
}
