import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Transcript } from './transcript.ts'

/** A running program with everything it prints, that can be stopped and waited for. */
export class Program {
  readonly output: Transcript
  readonly #child: ChildProcess

  constructor(child: ChildProcess, name: string) {
    this.#child = child
    this.output = Transcript.of(child, name)
  }

  /** What a person would type. */
  type(text: string): void {
    this.#child.stdin?.write(text)
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Sends the signal, unless it has ended already, and returns its exit code; null when a signal ended it. */
  async stop(signal: NodeJS.Signals): Promise<number | null> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit')
      this.#child.kill(signal)
      await gone
    }
    return this.#child.exitCode
  }
}
