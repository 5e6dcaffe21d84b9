import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Lan } from '../../support/namespaces.ts'
import { startSiteDhcp } from './dnsmasq.ts'
import { Node, type NodeOptions } from './node.ts'
import { fqdn, Orchestrator } from './orchestrator.ts'
import type { Transcript } from './transcript.ts'

export const addresses = {
  network: '10.77.0.0',
  dhcp: '10.77.0.2',
  pxe: '10.77.0.5',
  orchestrator: '10.77.0.3',
  pool: '10.77.0.100,10.77.0.200',
} as const

export interface SiteOptions {
  /** More dnsmasq arguments for the site's DHCP server. */
  readonly dhcpArgs?: readonly string[]
}

/**
 * One customer site: a switch, the site's own DHCP and DNS server, an orchestrator, and an empty
 * place (`pxe`, NIC `e0`) for the PXE server under test. Everything goes when `close` is called.
 */
export class Site {
  readonly lan: Lan
  readonly directory: string
  /** Namespace in which the PXE server runs. */
  readonly pxe: string
  readonly orchestrator: Orchestrator
  /** The site DHCP server's log. */
  readonly dhcpLog: Transcript
  readonly #nodes: Node[] = []

  private constructor(
    lan: Lan,
    directory: string,
    pxe: string,
    orchestrator: Orchestrator,
    dhcpLog: Transcript,
  ) {
    this.lan = lan
    this.directory = directory
    this.pxe = pxe
    this.orchestrator = orchestrator
    this.dhcpLog = dhcpLog
  }

  static async open(options: SiteOptions = {}): Promise<Site> {
    const lan = new Lan()
    const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-lab-'))
    try {
      const dhcp = lan.addHost('dhcp', `${addresses.dhcp}/24`)
      const pxe = lan.addHost('pxe', `${addresses.pxe}/24`)
      const cloud = lan.addHost('orch', `${addresses.orchestrator}/24`)
      for (const namespace of [dhcp, pxe, cloud]) lan.useResolver(namespace, addresses.dhcp)
      const dhcpLog = await startSiteDhcp(
        lan,
        dhcp,
        { pool: addresses.pool, gateway: addresses.dhcp, names: { [fqdn]: addresses.orchestrator } },
        options.dhcpArgs,
      )
      const orchestrator = await Orchestrator.start(lan, cloud, join(directory, 'orchestrator'))
      return new Site(lan, directory, pxe, orchestrator, dhcpLog)
    } catch (error) {
      lan.close()
      rmSync(directory, { recursive: true, force: true })
      throw error
    }
  }

  /** Switches on a node; its number makes its MAC address, serial number and UUID. */
  startNode(number: number, options: Omit<NodeOptions, 'mac' | 'serial' | 'uuid'>): Node {
    const node = Node.start(this.lan, join(this.directory, `node-${number}`), {
      ...options,
      ...identityOf(number),
    })
    this.#nodes.push(node)
    return node
  }

  async close(): Promise<void> {
    for (const node of this.#nodes.splice(0)) await node.close()
    this.lan.close()
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** What node `number` (0..255) calls itself. */
export function identityOf(number: number): { mac: string; serial: string; uuid: string } {
  const two = number.toString(16).padStart(2, '0')
  return {
    mac: `52:54:00:00:00:${two}`,
    serial: `LAB${number.toString().padStart(5, '0')}`,
    uuid: `11112222-3333-4444-5555-6666777788${two}`,
  }
}
