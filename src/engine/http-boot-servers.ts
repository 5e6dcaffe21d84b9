import type { Config } from '../config/schema.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { EventSink, Happening } from '../events/event.ts'
import type { Clock } from '../net/datagram.ts'
import type { BootFiles } from './boot-files.ts'
import type { NodeDirectory } from './directory.ts'
import { HttpBootServer } from './http-boot.ts'

export interface HttpBootParts {
  readonly files: BootFiles
  readonly directory: NodeDirectory
  readonly publish: EventSink
  readonly clock: Clock
  /** An address began or ceased to be served. */
  readonly onChange: () => void
}

interface Listening {
  readonly interface: string
  readonly address: string
}

/** A port that another program holds may become free. */
const retryMs = 5_000

/** One HTTP boot server on each address being answered on, while the mode is `local`. */
export class HttpBootServers {
  readonly #parts: HttpBootParts
  readonly #servers = new Map<string, HttpBootServer>()
  /** Those that could not be opened, and how to stop trying. */
  readonly #waiting = new Map<string, () => void>()
  #wanted: ReadonlySet<string> = new Set()

  constructor(parts: HttpBootParts) {
    this.#parts = parts
  }

  /** Opens what is missing and closes what is no longer wanted. Never rejects: a failure is published. */
  async follow(wanted: Config['httpBoot'], listening: readonly Listening[]): Promise<void> {
    const places = wanted.mode === 'local' ? listening : []
    const keys = new Map(places.map((place) => [`${place.address}:${wanted.port}`, place]))
    for (const [key, server] of this.#servers) {
      if (keys.has(key)) continue
      this.#servers.delete(key)
      await server.close()
    }
    this.#want(new Set(keys.keys()))
    for (const [key, place] of keys) {
      if (!this.#servers.has(key) && !this.#waiting.has(key)) await this.#open(key, place, wanted.port)
    }
    this.#parts.onChange()
  }

  /** True when files are to be had over http on this address of ours. */
  isOpen(address: string): boolean {
    return [...this.#servers.keys()].some((key) => key.startsWith(`${address}:`))
  }

  async close(): Promise<void> {
    this.#want(new Set())
    await Promise.all([...this.#servers.values()].map((server) => server.close()))
    this.#servers.clear()
  }

  async #open(key: string, place: Listening, port: number): Promise<void> {
    const { files, directory, publish } = this.#parts
    try {
      const server = await HttpBootServer.open({
        address: place.address,
        port,
        lookup: (name) => files.lookup(name),
        onServed: ({ address, ...delivery }) => {
          const mac = directory.macOf(address)
          publish({
            atMs: Date.now(),
            type: 'http.served',
            mac,
            interface: place.interface,
            address,
            ...delivery,
          })
        },
      })
      if (!this.#wanted.has(key)) return await server.close()
      this.#servers.set(key, server)
      // The NIC was called a failed one as long as its HTTP port could not be opened.
      if (this.#waiting.delete(key)) this.#tell({ type: 'interface.listening', ...place })
      this.#parts.onChange()
    } catch (error) {
      this.#wait(key, place, port, error)
    }
  }

  /** Told once; tried again until it opens, or is no longer wanted. */
  #wait(key: string, place: Listening, port: number, error: unknown): void {
    if (!this.#wanted.has(key)) return
    if (!this.#waiting.has(key)) {
      const code = String((error as { code?: unknown }).code ?? 'INTERNAL')
      this.#tell({ type: 'interface.failed', interface: place.interface, code, message: errorMessage(error) })
    }
    this.#waiting.set(
      key,
      this.#parts.clock.schedule(retryMs, () => void this.#open(key, place, port)),
    )
  }

  /** What is no longer wanted is tried no more. */
  #want(keys: ReadonlySet<string>): void {
    this.#wanted = keys
    for (const [key, cancel] of this.#waiting) {
      if (keys.has(key)) continue
      cancel()
      this.#waiting.delete(key)
    }
  }

  #tell(happening: Happening): void {
    this.#parts.publish({ atMs: Date.now(), ...happening })
  }
}
