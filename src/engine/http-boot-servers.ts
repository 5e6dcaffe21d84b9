import type { Config } from '../config/schema.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { EventSink } from '../events/event.ts'
import type { BootFiles } from './boot-files.ts'
import type { NodeDirectory } from './directory.ts'
import { HttpBootServer } from './http-boot.ts'

export interface HttpBootParts {
  readonly files: BootFiles
  readonly directory: NodeDirectory
  readonly publish: EventSink
}

interface Listening {
  readonly interface: string
  readonly address: string
}

/** One HTTP boot server on each address being answered on, while the mode is `local`. */
export class HttpBootServers {
  readonly #parts: HttpBootParts
  readonly #servers = new Map<string, HttpBootServer>()

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
    for (const [key, place] of keys) {
      if (!this.#servers.has(key)) await this.#open(key, place, wanted.port)
    }
  }

  /** True when files are to be had over http on this address of ours. */
  isOpen(address: string): boolean {
    return [...this.#servers.keys()].some((key) => key.startsWith(`${address}:`))
  }

  async close(): Promise<void> {
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
      this.#servers.set(key, server)
    } catch (error) {
      const code = String((error as { code?: unknown }).code ?? 'INTERNAL')
      const message = errorMessage(error)
      publish({ atMs: Date.now(), type: 'interface.failed', interface: place.interface, code, message })
    }
  }
}
