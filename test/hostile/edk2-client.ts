import { wireNumber } from '../../src/tftp/session/numbering.ts'

/**
 * The receiving half of edk2 (Mtftp4RrqHandleData): an expected block is kept, every other one is
 * answered with an ACK of the last good one, and any ACK begins the count of a window anew.
 */
export class Edk2Client {
  readonly #windowSize: number
  readonly #lastBlock: number
  #next = 1
  #inWindow = 0

  constructor(windowSize: number, lastBlock: number) {
    this.#windowSize = windowSize
    this.#lastBlock = lastBlock
  }

  get done(): boolean {
    return this.#next > this.#lastBlock
  }

  /** The last ACK once more, as its 4 s timeout sends it. */
  get lastGood(): number {
    return wireNumber(this.#next - 1, 0)
  }

  /** Block number to acknowledge, or undefined while the window is not full. */
  receive(block: number): number | undefined {
    if (block !== this.#next) return this.#acknowledge()
    this.#next++
    this.#inWindow++
    return this.done || this.#inWindow === this.#windowSize ? this.#acknowledge() : undefined
  }

  #acknowledge(): number {
    this.#inWindow = 0
    return this.lastGood
  }
}
