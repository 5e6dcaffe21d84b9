import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import { addresses, openOffersSite } from '../../../bench/offers/site.ts'
import { buildStormClient, type StormResult } from '../../../bench/storm.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { fillerFile } from '../../../src/demo/micro-os.ts'
import type { DatagramSocket } from '../../../src/net/datagram.ts'
import { KernelNetwork } from '../../../src/net/kernel.ts'
import { encode } from '../../../src/wire/dhcp/encode.ts'
import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'
import { edk2Discover, edk2Request, ipxeDiscover, ipxeRequest } from '../../../src/wire/dhcp/requests.ts'
import { inside } from '../../support/inside-namespace.ts'
import { simulatedMac } from '../../support/simulated-boots.ts'
import { Program } from './program.ts'

const root = join(import.meta.dirname, '../../..')
const binary = join(root, 'dist/emf-pxe')

/** The single binary where it is built, else the same from source. */
export const emfPxe: readonly string[] = existsSync(binary)
  ? [binary]
  : [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'bin/run.ts')]

const dhcpServer = '10.83.0.3'
const fileBytes = 1_080_320

/** The service with its dashboard and metrics open, and many nodes on one switch with it. */
export class LiveSite {
  readonly #network = openOffersSite()
  readonly directory = mkdtempSync(join(tmpdir(), 'emf-pxe-live-'))
  readonly stateDirectory = join(this.directory, 'state')
  readonly dashboard = 'http://127.0.0.1:8470/'
  readonly #bootFile = join(this.directory, 'ipxe.efi')

  static async open(): Promise<LiveSite> {
    const site = new LiveSite()
    mkdirSync(site.stateDirectory)
    writeFileSync(site.#bootFile, fillerFile('live', fileBytes))
    await site.#serve()
    return site
  }

  /** Namespace of the service. */
  get server(): string {
    return this.#network.server
  }

  async #serve(): Promise<void> {
    const config: ConfigInput = {
      interfaces: [{ name: 'e0', address: addresses.server }],
      bootFiles: { x64: this.#bootFile },
      listeners: { dashboard: '127.0.0.1:8470', metrics: '127.0.0.1:9469' },
    }
    const file = join(this.directory, 'config.yaml')
    writeFileSync(file, stringify(config))
    const words = ['serve', '--config', file, '--state-dir', this.stateDirectory]
    const service = new Program(this.#network.lan.spawn(this.server, [...emfPxe, ...words]), 'emf-pxe')
    await service.output.waitFor(/service\.started/, 20_000)
    for (let looks = 0; looks < 100; looks++) {
      const answer = await inside(this.server, () => fetch(this.dashboard).catch(() => undefined))
      if (answer?.ok) return
      await sleep(100)
    }
    throw new Error('the dashboard does not answer')
  }

  /** `count` nodes discover and take an address from the site's DHCP server, within `durationMs`. */
  async discover(count: number, durationMs: number): Promise<void> {
    await this.#say(count, durationMs, (node, choice) => [edk2Discover(node), edk2Request(node, choice)])
  }

  /** The boot file of each of them runs, and takes an address of its own. */
  async startIpxe(count: number, durationMs: number): Promise<void> {
    await this.#say(count, durationMs, (node, choice) => [ipxeDiscover(node), ipxeRequest(node, choice)])
  }

  /** All of them fetch their boot file at once, with this round trip. */
  async fetch(count: number, rttMs: number): Promise<StormResult> {
    const client = buildStormClient(this.directory)
    const to = ['--server', addresses.server, '--from', addresses.firstNode, '--file', this.#bootFile]
    const child = this.#network.lan.spawn(this.#network.nodes, [
      client,
      ...to,
      '--nodes',
      `${count}`,
      '--rtt',
      `${rttMs}`,
    ])
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    await once(child, 'close')
    return JSON.parse(text) as StormResult
  }

  /** A counter of the service, all its labels together. */
  async metric(name: string): Promise<number> {
    const text = await inside(this.server, async () => (await fetch('http://127.0.0.1:9469/metrics')).text())
    const lines = text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
  }

  close(): void {
    this.#network.lan.close()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #say(
    count: number,
    durationMs: number,
    packetsOf: (node: Node, choice: Choice) => readonly DhcpPacket[],
  ): Promise<void> {
    const socket = await inside(this.#network.nodes, openClient)
    for (let index = 0; index < count; index++) {
      const [node, choice] = [nodeOf(index), choiceOf(index)]
      for (const packet of packetsOf(node, choice))
        socket.send(encode(packet), { address: '255.255.255.255', port: 67 })
      if (index % 20 === 19) await sleep((durationMs * 20) / count)
    }
    socket.close()
  }
}

type Node = Parameters<typeof edk2Discover>[0]
type Choice = Parameters<typeof edk2Request>[1]

function nodeOf(index: number): Node {
  const uuid = `00000000-0000-4000-8000-${index.toString(16).padStart(12, '0')}`
  return { mac: simulatedMac(index), uuid, architecture: 7, transactionId: index + 1 }
}

/** As `client/storm.c` counts the addresses of its nodes. */
function choiceOf(index: number): Choice {
  const last = index + 1
  return { requestedAddress: `10.84.${last >> 8}.${last & 255}`, dhcpServer }
}

async function openClient(): Promise<DatagramSocket> {
  return await new KernelNetwork().open({
    address: '255.255.255.255',
    port: 68,
    interface: 'e0',
    sourceAddress: addresses.nodes,
    broadcast: true,
  })
}

/** A command whose screen a person watches, recorded with the time of everything it writes. */
export function recorded(command: readonly string[], directory: string): readonly string[] {
  const line = command.map((word) => `'${word}'`).join(' ')
  const files = ['--log-out', join(directory, 'screen'), '--log-timing', join(directory, 'timing')]
  return ['script', '--quiet', '--flush', '--logging-format', 'classic', ...files, '--command', line]
}
