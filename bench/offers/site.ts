import { execFileSync } from 'node:child_process'
import { Lan } from '../../test/support/namespaces.ts'

/** Nodes fetch from addresses behind `nodes`, as behind a router. */
export const addresses = {
  server: '10.83.0.1',
  nodes: '10.83.0.2',
  network: '10.83.0.0',
  firstNode: '10.84.0.1',
} as const

export interface OffersSite {
  readonly lan: Lan
  readonly server: string
  readonly nodes: string
}

/**
 * A server and a namespace full of nodes on one switch. The kernel's table of neighbours, 1024 for all
 * namespaces together, stays out of it: the two know each other for good, and the nodes that fetch are
 * behind one of them.
 */
export function openOffersSite(): OffersSite {
  const lan = new Lan()
  const server = lan.addHost('server', `${addresses.server}/16`)
  const nodes = lan.addHost('nodes', `${addresses.nodes}/16`)
  const ip = (place: string, ...words: string[]) => lan.exec(place, ['ip', ...words])
  ip(nodes, 'route', 'add', 'local', '10.84.0.0/16', 'dev', 'e0')
  ip(server, 'route', 'add', '10.84.0.0/16', 'via', addresses.nodes)
  remember(server, addresses.nodes, macIn(nodes))
  remember(nodes, addresses.server, macIn(server))
  for (const place of [server, nodes]) remember(place, '255.255.255.255', 'ff:ff:ff:ff:ff:ff')
  return { lan, server, nodes }

  function remember(place: string, address: string, mac: string): void {
    ip(place, 'neigh', 'replace', address, 'lladdr', mac, 'nud', 'permanent', 'dev', 'e0')
  }
}

function macIn(namespace: string): string {
  const text = execFileSync('ip', ['-n', namespace, '-o', 'link', 'show', 'e0'], { encoding: 'utf8' })
  return /link\/ether ([0-9a-f:]+)/.exec(text)?.[1] ?? ''
}
