import type { Clock } from './datagram.ts'
import { ETH_P_ALL } from './libc/constants.ts'
import { type Libc, loadLibc } from './libc/libc.ts'
import { openPacketSocket } from './libc/packet-socket.ts'

export interface CaptureOptions {
  readonly interface: string
  /** UDP ports, of either end, whose datagrams are kept. */
  readonly ports: readonly number[]
  readonly durationMs: number
  readonly clock: Clock
  readonly nowMs: () => number
}

/** The kernel holds some hundred frames between two looks. */
const lookEveryMs = 20
const mostFrames = 2_000
const longestFrame = 65_535

/**
 * What a NIC sends and receives on some UDP ports, as a pcap file. Undefined where it cannot be had:
 * without CAP_NET_RAW, or on a Node that cannot call the C library.
 */
export async function capture(options: CaptureOptions): Promise<Buffer | undefined> {
  const libc = loadLibc()
  if (libc === undefined) return undefined
  const descriptor = openPacketSocket(libc, options.interface, ETH_P_ALL, options.ports)
  if (descriptor === undefined) return undefined
  try {
    return await collect(libc, descriptor, options)
  } finally {
    libc.close(descriptor)
  }
}

async function collect(
  libc: Libc,
  descriptor: number,
  { durationMs, clock, nowMs }: CaptureOptions,
): Promise<Buffer> {
  const records: Buffer[] = []
  const frame = Buffer.alloc(longestFrame)
  const endMs = clock.now() + durationMs
  while (clock.now() < endMs && records.length < mostFrames) {
    await new Promise<void>((resolve) => clock.schedule(lookEveryMs, resolve))
    while (records.length < mostFrames) {
      const length = Number(libc.recv(descriptor, frame, BigInt(longestFrame), 0))
      if (length <= 0) break
      records.push(pcapRecord(frame.subarray(0, length), nowMs()))
    }
  }
  return Buffer.concat([pcapHeader(), ...records])
}

const linkTypeEthernet = 1

/** Magic (microseconds), version 2.4, zone, accuracy, longest record, link type. */
function pcapHeader(): Buffer {
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(longestFrame, 16)
  header.writeUInt32LE(linkTypeEthernet, 20)
  return header
}

/** Seconds, microseconds, length kept, length on the wire; then the frame. */
function pcapRecord(frame: Buffer, atMs: number): Buffer {
  const header = Buffer.alloc(16)
  header.writeUInt32LE(Math.floor(atMs / 1000), 0)
  header.writeUInt32LE(Math.floor((atMs % 1000) * 1000), 4)
  header.writeUInt32LE(frame.length, 8)
  header.writeUInt32LE(frame.length, 12)
  return Buffer.concat([header, frame])
}
