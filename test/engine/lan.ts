import assert from 'node:assert/strict'
import { readConfigText } from '../../src/config/load.ts'
import { SiteDhcp } from '../../src/demo/site-dhcp.ts'
import type { BootFileSource } from '../../src/engine/boot-files.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { NicState } from '../../src/engine/stations.ts'
import type { ServeEvent } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { type LinkConditions, MemoryNetwork } from '../../src/net/memory.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { networkBoot } from '../../src/node/network-boot.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'

export const mac = macOf(1)
export const ports = { server: 67, client: 68, bootServer: 4011, tftp: 69 }
export const file = Buffer.alloc(1_080_320, 'not all bytes are alike ')

export function macOf(node: number): string {
  return `52:54:00:00:00:${node.toString(16).padStart(2, '0')}`
}

export interface ServerWishes {
  /** Beside its interface and its file for x64. */
  readonly config?: string
  readonly address?: string
  readonly read?: BootFileSource['read']
}

/** An engine, and all that is seen of it. */
export interface Server {
  readonly engine: Engine
  readonly events: ServeEvent[]
  readonly stories: BootStories
  /** Changes what the engine sees of its NIC. */
  readonly nic: (state: Partial<NicState>) => void
  /** Has it read its files again, from here. */
  readonly readAgain: (read: BootFileSource['read']) => Promise<void>
}

/** A LAN in memory with the site's DHCP server, which gives each node its own address. */
export class TestLan {
  readonly clock = new VirtualClock()
  readonly network = new MemoryNetwork(this.clock, { seed: 7 })

  static async open(weather: Partial<LinkConditions> = {}): Promise<TestLan> {
    const lan = new TestLan()
    const dhcp = await SiteDhcp.open({
      network: lan.network.host({ name: 'd0', address: '10.0.0.1' }),
      interface: 'd0',
      address: '10.0.0.1',
      ports: { server: 67, client: 68 },
      addressFor: (node) => addressOf(Number.parseInt(node.slice(-2), 16)),
    })
    assert.ok(dhcp)
    lan.network.conditions = { ...lan.network.conditions, ...weather }
    return lan
  }

  async serve({ config = '', address = '10.0.0.2', read = async () => file }: ServerWishes): Promise<Server> {
    const { clock, network } = this
    const events: ServeEvent[] = []
    const stories = new BootStories()
    const sourceOf = (from: BootFileSource['read']): BootFileSource[] => [
      { architecture: 'x64', name: 'ipxe.efi', path: '/boot/ipxe.efi', read: from },
    ]
    let onChange: (states: readonly NicState[]) => void = () => {}
    let state: NicState = { name: 'e0', addresses: [address], problem: undefined }
    const text = `interfaces: [{name: e0}]\nbootFiles: {x64: /boot/ipxe.efi}\n${config}`
    const settings = { config: readConfigText(text, 'config.yaml').config, artifactUrl: undefined }
    const engine = new Engine(
      { ...settings, sources: sourceOf(read) },
      {
        network: network.host({ name: 'e0', address }),
        clock,
        publish: (event) => {
          events.push(event)
          stories.apply(event)
        },
        neighbour: () => undefined,
        watchNics: (_names, listener) => {
          onChange = listener
          listener([state])
          return () => {}
        },
      },
    )
    await clock.until(engine.start())
    return {
      engine,
      events,
      stories,
      nic: (change) => {
        state = { ...state, ...change }
        onChange([state])
      },
      readAgain: (again) => engine.reloadFiles(sourceOf(again), undefined),
    }
  }

  /** What a node needs to boot; `node` is 1 to 255. */
  nodeOptions(node = 1, transactionId = 1) {
    const network = this.network.host({ name: `n${node}`, address: addressOf(node) })
    const hardware = { mac: macOf(node), architecture: 7 }
    return {
      network,
      clock: this.clock,
      interface: `n${node}`,
      hardware,
      transactionId,
      ports,
      windowMs: 4000,
    }
  }

  /** One try of edk2 firmware, without a second DISCOVER. */
  boot(options: ReturnType<TestLan['nodeOptions']>) {
    return this.clock.until(networkBoot({ ...options, profile: edk2 }))
  }
}

function addressOf(node: number): string {
  return `10.0.1.${node}`
}

/** The reasons under which it left requests alone, one for each. */
export function ignored({ events }: Server): string[] {
  return events.flatMap((event) =>
    event.type === 'dhcp.ignored' && event.reason !== 'address-request' ? [event.reason] : [],
  )
}

export function kinds({ events }: Server): string[] {
  return events.map(({ type }) => type)
}
