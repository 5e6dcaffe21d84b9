import type { Clock } from './datagram.ts'

interface Appointment {
  readonly atMs: number
  /** Order of equal times: first come, first run. */
  readonly order: number
  task: (() => void) | undefined
}

/** Longest that one run may take in virtual time: an hour is a transfer that hangs. */
const mostVirtualMs = 3_600_000

const tickMs = 0.5

/** A clock that stands still until it is told to run: no sleeps, the same order every time. */
export class VirtualClock implements Clock {
  #nowMs = 0
  #order = 0
  readonly #heap: Appointment[] = []

  now(): number {
    return this.#nowMs
  }

  schedule(delayMs: number, task: () => void): () => void {
    const appointment: Appointment = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, task }
    this.#push(appointment)
    return () => {
      appointment.task = undefined
    }
  }

  /** Runs everything that falls due within the next `durationMs`, letting promises settle in between. */
  async advance(durationMs: number): Promise<void> {
    const untilMs = this.#nowMs + durationMs
    await settle()
    while (this.#nextAtMs <= untilMs) await this.#runSome(untilMs)
    this.#nowMs = untilMs
  }

  /** Runs until `promise` has settled; rejects when nothing is left to happen, or after an hour. */
  async until<T>(promise: Promise<T>): Promise<T> {
    const limitMs = this.#nowMs + mostVirtualMs
    let settled = false
    const done = () => {
      settled = true
    }
    promise.then(done, done)
    await settle()
    while (!settled) {
      if (this.#heap.length === 0) throw new Error(`nothing left to happen at ${this.#nowMs} ms`)
      if (this.#nowMs > limitMs) throw new Error(`still waiting after ${mostVirtualMs} ms of virtual time`)
      await this.#runSome(limitMs)
    }
    return await promise
  }

  get #nextAtMs(): number {
    return this.#heap[0]?.atMs ?? Infinity
  }

  /**
   * Runs what falls within a tick, then lets promises settle. Settling costs more than most tasks, so
   * a promise that a task decides may go on up to a tick of virtual time later.
   */
  async #runSome(untilMs: number): Promise<void> {
    const endMs = Math.min(untilMs, this.#nextAtMs + tickMs)
    while (this.#nextAtMs <= endMs) this.#runNext()
    await settle()
  }

  #runNext(): void {
    const next = this.#pop()
    if (next?.task === undefined) return
    this.#nowMs = Math.max(this.#nowMs, next.atMs)
    next.task()
  }

  #push(appointment: Appointment): void {
    const heap = this.#heap
    let index = heap.push(appointment) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(appointment, heap[parent])) break
      heap[index] = heap[parent] as Appointment
      index = parent
    }
    heap[index] = appointment
  }

  #pop(): Appointment | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (last !== undefined && heap.length > 0) this.#sink(last)
    return first
  }

  #sink(appointment: Appointment): void {
    const heap = this.#heap
    let index = 0
    for (;;) {
      const left = 2 * index + 1
      const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left
      const below = heap[child]
      if (below === undefined || !isBefore(below, appointment)) break
      heap[index] = below
      index = child
    }
    heap[index] = appointment
  }
}

function isBefore(one: Appointment | undefined, other: Appointment | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)
}

/** Lets promises that are already decided run their continuations, and theirs. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
