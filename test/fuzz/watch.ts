import assert from 'node:assert/strict'
import type { Endpoint } from '../../src/net/datagram.ts'
import { decode as decodeDhcp } from '../../src/wire/dhcp/decode.ts'
import { decode as decodeTftp } from '../../src/wire/tftp/decode.ts'

const wellKnown: readonly number[] = [67, 69, 4011]
const dhcpPorts: readonly number[] = [67, 4011]
/** A boot file name and a relay's words echoed; without them an answer has 300 bytes. */
const longestDhcpAnswer = 9_000

/** Sees every datagram of an engine, both ways, and whether what it sends is in order. */
export class Watch {
  /** Datagrams sent. */
  answers = 0
  readonly #file: Buffer
  /** By address: what came to the TFTP ports, and what was sent there from them. */
  readonly #traffic = new Map<string, { received: number; sent: number; proven: boolean }>()
  /** The port of ours that spoke last to an endpoint. */
  readonly #dataPorts = new Map<string, number>()
  /** What is being received is an ERROR. */
  #answersError = false
  readonly #dhcp = { received: 0, sent: 0 }

  constructor(file: Buffer) {
    this.#file = file
  }

  dataPortFor(client: Endpoint): number | undefined {
    return this.#dataPorts.get(`${client.address}:${client.port}`)
  }

  /** Hands over one datagram by `deliver`, and looks at what is sent meanwhile. */
  received(from: Endpoint, port: number, bytes: Uint8Array, deliver: () => void): void {
    this.#count(from, port)
    const before = this.#answersError
    const packet = decodeTftp(bytes)
    this.#answersError = packet.ok && packet.value.type === 'error'
    deliver()
    this.#answersError = before
  }

  #count(from: Endpoint, port: number): void {
    if (dhcpPorts.includes(port)) {
      this.#dhcp.received++
      return
    }
    const traffic = this.#trafficOf(from.address)
    traffic.received++
    // Only who was sent something knows the port it came from.
    if (!wellKnown.includes(port) && this.dataPortFor(from) === port) traffic.proven = true
  }

  sent(bytes: Uint8Array, local: Endpoint, to: Endpoint): void {
    this.answers++
    if (dhcpPorts.includes(local.port)) this.#dhcpSent(bytes, to)
    else this.#tftpSent(bytes, local, to)
  }

  #dhcpSent(bytes: Uint8Array, to: Endpoint): void {
    if (++this.#dhcp.sent > this.#dhcp.received) assert.fail('more DHCP answers than questions')
    const packet = decodeDhcp(bytes)
    if (!packet.ok || packet.value.op !== 2 || bytes.length > longestDhcpAnswer) assert.fail('no DHCP reply')
    if (to.port === 0) assert.fail(`sent to ${to.address}:0`)
  }

  #tftpSent(bytes: Uint8Array, local: Endpoint, to: Endpoint): void {
    const traffic = this.#trafficOf(to.address)
    traffic.sent++
    if (!traffic.proven && traffic.sent > traffic.received)
      assert.fail(
        `${traffic.sent} packets to ${to.address}, which sent ${traffic.received} and answered none`,
      )
    if (!wellKnown.includes(local.port)) this.#dataPorts.set(`${to.address}:${to.port}`, local.port)
    const packet = decodeTftp(bytes)
    if (!packet.ok) assert.fail(packet.detail)
    // RFC 1350 §7: or two servers would talk for ever.
    if (this.#answersError && packet.value.type === 'error') assert.fail('an ERROR in answer to an ERROR')
    if (
      packet.value.type === 'data'
        ? !this.#file.includes(packet.value.data)
        : !mayBeSent.includes(packet.value.type)
    )
      assert.fail(`sent ${packet.value.type} that is not of the boot file`)
  }

  #trafficOf(address: string) {
    const traffic = this.#traffic.get(address) ?? { received: 0, sent: 0, proven: false }
    this.#traffic.set(address, traffic)
    return traffic
  }
}

const mayBeSent = ['oack', 'error']
