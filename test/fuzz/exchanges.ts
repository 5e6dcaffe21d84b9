import type { Endpoint } from '../../src/net/datagram.ts'
import { dhcpMutations } from './dhcp-mutations.ts'
import { Draft } from './draft.ts'
import { generalMutations, type Mutation } from './mutations.ts'
import { oneOf, type Random } from './random.ts'
import { tftpMutations } from './tftp-mutations.ts'

/**
 * An input is a row of datagrams, each with a head:
 *
 * ```
 * | from (1) | to (1) | wait (1) | length (2) | datagram (length) |
 * ```
 */
export interface Exchange {
  readonly bytes: Uint8Array
  readonly from: Endpoint
  /** Without a port: the one of ours that last sent something to `from`. */
  readonly to: { readonly address: string; readonly port: number | undefined }
  /** Time that passes afterwards. */
  readonly waitMs: number
}

const headBytes = 5
const mostExchanges = 48
const ours = '10.79.0.2'
const everybody = '255.255.255.255'

const sources = {
  nobody: { address: '0.0.0.0', port: 68 },
  node: { address: '10.79.0.156', port: 2_070 },
  other: { address: '10.79.0.101', port: 2_071 },
  nodeAgain: { address: '10.79.0.156', port: 2_072 },
  relay: { address: '10.80.0.1', port: 67 },
  forged: { address: '192.0.2.66', port: 53 },
  ourselves: { address: ours, port: 69 },
  portless: { address: '10.79.0.102', port: 0 },
} as const satisfies Record<string, Endpoint>

const destinations = {
  dhcp: { address: everybody, port: 67 },
  bootServer: { address: ours, port: 4011 },
  tftp: { address: ours, port: 69 },
  answering: { address: ours, port: undefined },
  relay: { address: ours, port: 67 },
} as const satisfies Record<string, Exchange['to']>

const waitsMs = [0, 0, 0, 1, 20, 600, 2_100, 4_000, 11_000, 30_000]

const sourceNames = Object.keys(sources) as readonly (keyof typeof sources)[]
const destinationNames = Object.keys(destinations) as readonly (keyof typeof destinations)[]

export function seedOf(
  from: keyof typeof sources,
  to: keyof typeof destinations,
  bytes: Uint8Array,
  waitMs = 0,
): Uint8Array {
  const head = [
    sourceNames.indexOf(from),
    destinationNames.indexOf(to),
    waitsMs.indexOf(waitMs),
    bytes.length >> 8,
    bytes.length & 255,
  ]
  return Buffer.concat([Uint8Array.from(head), bytes])
}

/** The datagrams of an input. A length that goes too far takes what there is. */
export function* exchangesOf(input: Uint8Array): Generator<Exchange> {
  for (const { at, end } of placesIn(input)) {
    const [from = 0, to = 0, wait = 0] = input.subarray(at, at + 3)
    yield {
      bytes: input.slice(at + headBytes, end),
      from: chosen(Object.values(sources), from),
      to: chosen(Object.values(destinations), to),
      waitMs: chosen(waitsMs, wait),
    }
  }
}

interface Place {
  readonly at: number
  readonly end: number
}

function placesIn(input: Uint8Array): readonly Place[] {
  const places: Place[] = []
  for (let at = 0; at + headBytes <= input.length && places.length < mostExchanges; ) {
    const length = (input[at + 3] ?? 0) * 256 + (input[at + 4] ?? 0)
    const end = Math.min(input.length, at + headBytes + length)
    places.push({ at, end })
    at = end
  }
  return places
}

function chosen<T>(choices: readonly T[], byte: number): T {
  const choice = choices[byte % choices.length]
  if (choice === undefined) throw new RangeError('nothing to choose from')
  return choice
}

const inner = new Draft(2_048)
const payloadMutations = [...dhcpMutations, ...tftpMutations, ...generalMutations]

/** Changes to whole datagrams of a row, to their heads, and to their contents with the length kept right. */
export const exchangeMutations: readonly Mutation[] = [
  function repeatDatagram(draft, { random }) {
    const place = anyPlace(draft, random)
    if (place !== undefined)
      draft.insert(anyPlace(draft, random)?.at ?? 0, draft.copy(place.at, place.end - place.at))
  },
  function removeDatagram(draft, { random }) {
    const place = anyPlace(draft, random)
    if (place !== undefined) draft.remove(place.at, place.end - place.at)
  },
  function borrowDatagram(draft, { random, other }) {
    const source = other()
    const places = placesIn(source)
    if (places.length === 0) return
    const { at, end } = oneOf(random, places)
    draft.insert(anyPlace(draft, random)?.at ?? 0, source.slice(at, end))
  },
  function changeHead(draft, { random }) {
    const place = anyPlace(draft, random)
    if (place !== undefined) draft.set(place.at + random(3), random(40))
  },
  function wait(draft, { random }) {
    const place = anyPlace(draft, random)
    if (place !== undefined) draft.set(place.at + 2, random(waitsMs.length))
  },
  function insertAcknowledgement(draft, { random }) {
    const block = random(20)
    const piece = seedOf(
      oneOf(random, ['node', 'other', 'nodeAgain']),
      'answering',
      Uint8Array.of(0, 4, 0, block),
    )
    draft.insert(anyPlace(draft, random)?.at ?? 0, piece)
  },
  changeContents,
  changeContents,
  changeContents,
]

function changeContents(...[draft, material]: Parameters<Mutation>): void {
  const place = anyPlace(draft, material.random)
  if (place === undefined) return
  const start = place.at + headBytes
  inner.load(draft.copy(start, place.end - start))
  oneOf(material.random, payloadMutations)(inner, material)
  draft.remove(start, place.end - start)
  draft.insert(start, inner.input)
  draft.set(place.at + 3, inner.length >> 8)
  draft.set(place.at + 4, inner.length & 255)
}

function anyPlace(draft: Draft, random: Random): Place | undefined {
  const places = placesIn(draft.input)
  return places.length === 0 ? undefined : oneOf(random, places)
}
