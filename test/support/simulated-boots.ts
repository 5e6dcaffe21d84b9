import type { EventSink, Happening, NodeReference } from '../../src/events/event.ts'
import type { Clock } from '../../src/net/datagram.ts'

export interface SimulatedBoots {
  readonly clock: Clock
  readonly publish: EventSink
  readonly wallMs?: () => number
  readonly nodes: number
  /** Time from the first node's start to the last one's. */
  readonly spreadMs: number
  /** How long a download takes. */
  readonly downloadMs: number
}

const file = 'ipxe.efi'
const totalBytes = 1_080_320

/** The events of many nodes that boot at once, as the engine would publish them; every tenth one fails. */
export function simulateBoots(options: SimulatedBoots): void {
  for (let index = 0; index < options.nodes; index++)
    options.clock.schedule((index * options.spreadMs) / options.nodes, () => bootOne(index, options))
}

export function simulatedMac(index: number): string {
  const bytes = [0x52, 0x54, 0, index >> 16, (index >> 8) & 255, index & 255]
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':')
}

function bootOne(index: number, { clock, publish, wallMs = Date.now, downloadMs }: SimulatedBoots): void {
  const mac = simulatedMac(index)
  const address = `10.20.${index >> 8}.${index & 255}`
  const node: NodeReference = { mac, interface: 'eth1', address, architecture: 'x64' }
  const transfer = { transfer: index, file }
  const tell = (afterMs: number, event: Happening) =>
    clock.schedule(afterMs, () => publish({ atMs: wallMs(), ...event }))
  if (index % 50 === 49) {
    tell(0, { type: 'dhcp.ignored', reason: 'architecture-not-configured', detail: 'BIOS (0)', ...node })
    return
  }
  tell(0, {
    type: 'dhcp.offered',
    form: 'direct',
    gives: 'file',
    bootFile: file,
    server: '10.20.0.5',
    ...node,
  })
  tell(4000, { type: 'dhcp.leased', dhcpServer: '10.20.0.1', stage: 'firmware', ...node })
  tell(4010, { type: 'tftp.probed', ...transfer, ...node })
  tell(4020, { type: 'tftp.requested', ...transfer, blockSize: 1468, windowSize: 4, ...node })
  const fails = index % 10 === 9
  const steps = Math.floor(downloadMs / 1000)
  const last = fails ? Math.ceil(steps / 2) : steps
  for (let step = 1; step < last; step++) {
    const sentBytes = Math.floor((totalBytes * step) / steps)
    tell(4020 + step * 1000, { type: 'tftp.progress', ...transfer, sentBytes, totalBytes, ...node })
  }
  if (fails) {
    const cut = { reason: 'stopped-acknowledging', detail: 'no progress for 24 s', block: 368 } as const
    tell(4020 + last * 1000, {
      type: 'tftp.failed',
      ...transfer,
      ...cut,
      sentBytes: totalBytes / 2,
      totalBytes,
      ...node,
    })
    return
  }
  const endMs = 4020 + downloadMs
  tell(endMs, {
    type: 'tftp.completed',
    ...transfer,
    totalBytes,
    durationMs: downloadMs,
    resentBlocks: 0,
    ...node,
  })
  tell(endMs + 2000, { type: 'ipxe.seen', ...node })
  tell(endMs + 3000, { type: 'dhcp.leased', dhcpServer: '10.20.0.1', stage: 'ipxe', ...node })
}
