import type { DatagramNetwork, DatagramSocket } from '../../src/net/datagram.ts'
import { decode } from '../../src/wire/tftp/decode.ts'
import { encode } from '../../src/wire/tftp/encode.ts'
import type { TftpPacket } from '../../src/wire/tftp/packet.ts'
import { type Site, serverAddress } from './site.ts'

/** A socket that sends what a test says, proper or not, and remembers what came back in short words. */
export class Stranger {
  /** `oack`, `data 1`, `error 5`…, with the port it came from. */
  readonly heard: { readonly word: string; readonly port: number; readonly bytes: number }[] = []
  readonly #site: Site
  readonly #socket: DatagramSocket

  private constructor(site: Site, socket: DatagramSocket) {
    this.#site = site
    this.#socket = socket
    socket.onMessage((bytes, from) => {
      this.heard.push({ word: wordOf(bytes), port: from.port, bytes: bytes.length })
    })
  }

  static async open(site: Site, network: DatagramNetwork = site.node(), port = 0): Promise<Stranger> {
    return new Stranger(site, await network.open({ address: '0.0.0.0', port }))
  }

  get words(): readonly string[] {
    return this.heard.map(({ word }) => word)
  }

  /** Port that the last answer came from. */
  get lastPort(): number {
    return this.heard.at(-1)?.port ?? 0
  }

  /** Asks for a file and waits a moment for the answer. */
  async ask(filename: string, options: Record<string, string> = {}, mode = 'octet'): Promise<void> {
    await this.say({ type: 'read', filename, mode, options: new Map(Object.entries(options)) }, 69)
  }

  async say(packet: TftpPacket, port = this.lastPort): Promise<void> {
    await this.throw(encode(packet), port)
  }

  async throw(bytes: Uint8Array, port = 69): Promise<void> {
    this.#socket.send(bytes, { address: serverAddress, port })
    await this.#site.clock.advance(1)
  }

  close(): void {
    this.#socket.close()
  }
}

function wordOf(bytes: Uint8Array): string {
  const packet = decode(bytes)
  if (!packet.ok) return packet.problem
  const { value } = packet
  if (value.type === 'data') return `data ${value.block}`
  if (value.type === 'error') return `error ${value.code}`
  return value.type
}
