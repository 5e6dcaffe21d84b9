import type { StormOptions } from './storm.ts'

export interface Scenario {
  readonly name: string
  readonly storm: Omit<StormOptions, 'file'>
  /** Left out of a quick run. */
  readonly long?: boolean
  /** Servers that need minutes for it and lose most nodes all the same are left out. */
  readonly without?: readonly string[]
}

const mixed = { nodes: 200, slowNodes: 100, slowRttMs: 20 } as const

/** Nodes all start at once; round-trip time and loss are made in the client. */
export const scenarios: readonly Scenario[] = [
  { name: '1 node', storm: { nodes: 1 } },
  { name: '1 node, 1 ms round trip', storm: { nodes: 1, rttMs: 1 } },
  { name: '1 node, 20 ms round trip', storm: { nodes: 1, rttMs: 20 }, long: true },
  { name: '1 node, lock-step', storm: { nodes: 1, window: 1 } },
  { name: '50 nodes', storm: { nodes: 50 } },
  { name: '100 nodes near, 100 nodes slow (20 ms, lock step)', storm: mixed, long: true },
  { name: '100 nodes near and no others', storm: { nodes: 100 }, long: true },
  { name: '200 nodes', storm: { nodes: 200 }, long: true },
  { name: '500 nodes', storm: { nodes: 500 }, long: true },
  { name: '1000 nodes', storm: { nodes: 1000 }, long: true },
  { name: '5000 nodes', storm: { nodes: 5000 }, long: true, without: ['dnsmasq (EMF chart)'] },
  { name: '100 nodes, 0.1 % loss', storm: { nodes: 100, lossPercent: 0.1 }, long: true },
  { name: '1000 nodes, 1 % loss', storm: { nodes: 1000, lossPercent: 1 }, long: true },
  { name: '100 nodes, 5 % loss', storm: { nodes: 100, lossPercent: 5 }, long: true },
]
