import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { stripVTControlCharacters } from 'node:util'

interface Waiter {
  readonly pattern: RegExp
  readonly resolve: (match: RegExpExecArray) => void
  readonly reject: (error: Error) => void
}

/**
 * Text that a program or a serial console prints, kept whole, on which a test can wait.
 * Cursor movements and colours are taken out, as a person would read it.
 */
export class Transcript {
  readonly #name: string
  readonly #waiters = new Set<Waiter>()
  #raw = ''
  #ended = false

  constructor(name: string) {
    this.#name = name
  }

  /** Follows what a program prints until it ends. */
  static of(child: ChildProcess, name: string): Transcript {
    const transcript = new Transcript(name)
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) transcript.follow(stream)
    child.once('close', (code, signal) => transcript.end(`[${name} ended: ${signal ?? code}]`))
    return transcript
  }

  follow(stream: Readable): void {
    const decoder = new StringDecoder('utf8')
    stream.on('data', (chunk: Buffer) => this.#add(decoder.write(chunk)))
  }

  /** Adds a last line; whoever still waits has waited in vain. */
  end(line: string): void {
    this.#add(`\n${line}\n`)
    this.#ended = true
    for (const waiter of this.#waiters) waiter.reject(this.#failure(waiter.pattern, 'before its end'))
  }

  get text(): string {
    return stripVTControlCharacters(this.#raw).replaceAll('\r', '')
  }

  /** The last lines that are not blank: what to show when a test fails. */
  tail(lines = 30): string {
    const kept = this.text.split('\n').filter((line) => line.trim() !== '')
    return kept.slice(-lines).join('\n')
  }

  /** Resolves with the first match in what has been or will be printed; else rejects with the tail. */
  async waitFor(pattern: RegExp, timeoutMs: number): Promise<RegExpExecArray> {
    const already = pattern.exec(this.text)
    if (already !== null) return already
    if (this.#ended) throw this.#failure(pattern, 'before its end')
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
    const waiter = { pattern, resolve, reject }
    const timer = setTimeout(() => reject(this.#failure(pattern, `within ${timeoutMs} ms`)), timeoutMs)
    this.#waiters.add(waiter)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiters.delete(waiter)
    })
  }

  #failure(pattern: RegExp, when: string): Error {
    return new Error(`${this.#name} did not say ${pattern} ${when}; it said:\n${this.tail()}`)
  }

  #add(text: string): void {
    this.#raw += text
    if (this.#waiters.size === 0) return
    const readable = this.text
    for (const waiter of this.#waiters) {
      const match = waiter.pattern.exec(readable)
      if (match !== null) waiter.resolve(match)
    }
  }
}
