import { sha256Of } from '../artifact/sha256.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { EventSink } from '../events/event.ts'
import type { Architecture, BootFile, Refusal } from '../proxydhcp/types.ts'

/** A file held in memory under the exact name that nodes ask for. */
export interface ServedFile {
  readonly name: string
  readonly architecture: Architecture
  readonly bytes: Uint8Array
  readonly sha256: string
  readonly path: string
}

/** Where the bytes of one architecture come from. */
export interface BootFileSource {
  readonly architecture: Architecture
  /** TFTP name that nodes are given. */
  readonly name: string
  /** For messages, and to tell sources apart. */
  readonly path: string
  /** Rejects when there is nothing to serve. */
  readonly read: () => Promise<Uint8Array>
}

interface MissingFile {
  readonly source: BootFileSource
  /** Why it could not be read. */
  readonly why: string
}

/**
 * The boot files being served. Swapping one replaces the bytes for new transfers only: a running
 * transfer keeps the bytes that it began with. A file that cannot be read keeps its place as
 * missing, and the last good bytes keep being served when there were some.
 */
export class BootFiles {
  readonly #served = new Map<string, ServedFile>()
  readonly #missing = new Map<string, MissingFile>()
  readonly #publish: EventSink

  constructor(publish: EventSink) {
    this.#publish = publish
  }

  /** Reads every source; files no longer wanted are dropped. Never rejects: what is missing is published. */
  async load(sources: readonly BootFileSource[]): Promise<void> {
    for (const name of [...this.#served.keys(), ...this.#missing.keys()]) {
      if (sources.some((source) => source.name === name)) continue
      this.#served.delete(name)
      this.#missing.delete(name)
    }
    await Promise.all(sources.map((source) => this.#loadOne(source)))
  }

  /** The file under an exact name; undefined when nothing is served under it. */
  lookup(name: string): ServedFile | undefined {
    return this.#served.get(name)
  }

  /** True for a name that nodes are sent to, but whose file could not be read. */
  isMissing(name: string): boolean {
    return this.#missing.has(name) && !this.#served.has(name)
  }

  get served(): readonly ServedFile[] {
    return [...this.#served.values()]
  }

  /** Configured, never read so far: nodes of these kinds are not answered. */
  get missing(): readonly BootFileSource[] {
    return [...this.#missing.values()]
      .map(({ source }) => source)
      .filter(({ name }) => !this.#served.has(name))
  }

  /**
   * What offers may name, and why others may not. A missing file is never offered: edk2 keeps the first
   * direct offer only, so a node of a second server that has the file would lose its try to us (ADR 0010).
   */
  offered(): Partial<Record<Architecture, BootFile | Refusal>> {
    const offers: Partial<Record<Architecture, BootFile | Refusal>> = {}
    for (const { source, why } of this.#missing.values()) {
      const detail = `no ${source.name} for ${source.architecture}: ${source.path}: ${why}`
      offers[source.architecture] = { reason: 'artifact-missing', detail }
    }
    for (const { architecture, name, bytes } of this.#served.values()) {
      offers[architecture] = { name, sizeBytes: bytes.length }
    }
    return offers
  }

  async #loadOne(source: BootFileSource): Promise<void> {
    try {
      this.#serve(source, await source.read())
    } catch (error) {
      const message = errorMessage(error).replace(`${source.path}: `, '')
      this.#missing.set(source.name, { source, why: message })
      this.#publish({
        atMs: Date.now(),
        type: 'artifact.missing',
        architecture: source.architecture,
        path: source.path,
        message,
        ...(this.#served.has(source.name) ? { stillServed: true } : {}),
      })
    }
  }

  #serve(source: BootFileSource, bytes: Uint8Array): void {
    if (bytes.length === 0) throw new Error('the file is empty')
    const sha256 = sha256Of(bytes)
    this.#missing.delete(source.name)
    if (this.#served.get(source.name)?.sha256 === sha256) return
    this.#served.set(source.name, { ...source, bytes, sha256 })
    this.#publish({
      atMs: Date.now(),
      type: 'artifact.loaded',
      architecture: source.architecture,
      path: source.path,
      sizeBytes: bytes.length,
      sha256,
    })
  }
}
