import * as number from './constants.ts'
import type { Libc } from './libc.ts'

/** One message of an answer: its type, and what follows its header. */
export interface NetlinkMessage {
  readonly type: number
  readonly body: Buffer
}

const headerBytes = 16
/** The kernel fills at most 32 KiB for one `recv` of a dump. */
const answerBytes = 32_768

/**
 * Asks rtnetlink(7) for all objects of a kind; `body` is the fixed part of the request. Undefined
 * when the kernel did not answer to the end.
 */
export function netlinkDump(libc: Libc, type: number, body: Buffer): NetlinkMessage[] | undefined {
  const kind = number.SOCK_RAW | number.SOCK_CLOEXEC | number.SOCK_NONBLOCK
  const descriptor = libc.socket(number.AF_NETLINK, kind, number.NETLINK_ROUTE)
  if (descriptor < 0) return undefined
  try {
    const request = requestOf(type, body)
    if (libc.send(descriptor, request, BigInt(request.length), 0) < 0n) return undefined
    return receiveAll(libc, descriptor)
  } finally {
    libc.close(descriptor)
  }
}

/** `struct nlmsghdr`: length (4), type (2), flags (2), sequence (4), port (4). */
function requestOf(type: number, body: Buffer): Buffer {
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(headerBytes + body.length, 0)
  header.writeUInt16LE(type, 4)
  header.writeUInt16LE(number.NLM_F_REQUEST | number.NLM_F_DUMP, 6)
  return Buffer.concat([header, body])
}

function receiveAll(libc: Libc, descriptor: number): NetlinkMessage[] | undefined {
  const messages: NetlinkMessage[] = []
  for (;;) {
    const answer = Buffer.alloc(answerBytes)
    const length = Number(libc.recv(descriptor, answer, BigInt(answerBytes), 0))
    if (length <= 0) return undefined
    const part = parseMessages(answer.subarray(0, length))
    messages.push(...part.messages)
    if (part.complete) return messages
  }
}

/** Cuts an answer into messages; `complete` once the end of the dump, or an error, was in it. */
export function parseMessages(bytes: Buffer): {
  readonly messages: NetlinkMessage[]
  readonly complete: boolean
} {
  const messages: NetlinkMessage[] = []
  let offset = 0
  while (offset + headerBytes <= bytes.length) {
    const length = bytes.readUInt32LE(offset)
    const type = bytes.readUInt16LE(offset + 4)
    if (length < headerBytes || type < number.RTM_BASE) return { messages, complete: true }
    messages.push({ type, body: bytes.subarray(offset + headerBytes, offset + length) })
    offset += aligned(length)
  }
  return { messages, complete: false }
}

/** Attributes by type, from `offset` to the end: length (2), type (2), value, padding to four bytes. */
export function parseAttributes(bytes: Buffer, offset: number): ReadonlyMap<number, Buffer> {
  const attributes = new Map<number, Buffer>()
  let at = offset
  while (at + 4 <= bytes.length) {
    const length = Math.max(bytes.readUInt16LE(at), 4)
    const type = bytes.readUInt16LE(at + 2) & number.NLA_TYPE_MASK
    attributes.set(type, bytes.subarray(at + 4, at + length))
    at += aligned(length)
  }
  return attributes
}

function aligned(length: number): number {
  return Math.ceil(length / 4) * 4
}
