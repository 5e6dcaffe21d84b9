import { addressRange, addressToNumber } from './condition.ts'
import type { Condition, Field, Wanted } from './model.ts'

export type Json = unknown

/** Elements of named sets, by table and name. */
export type NamedSets = ReadonlyMap<string, readonly Json[]>

export function isRecord(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}

/** `{ op, left, right }` of a match statement. */
export function matchConditions(value: Json, table: string, sets: NamedSets): Condition[] {
  if (!isRecord(value)) return [unknown]
  if (asksForRewriting(value)) return [never]
  const negated = value.op === '!='
  if (!negated && value.op !== '==' && value.op !== 'in') return [unknown]
  const wanted = wantedElements(value.right, table, sets)
  return wanted === undefined ? [unknown] : setConditions(value.left, wanted, negated)
}

/** Conditions under which the left side is one of these elements. */
export function setConditions(left: Json, elements: readonly Json[], negated: boolean): Condition[] {
  const field = fieldOf(left)
  if (field === 'never') return [never]
  if (field === undefined) return [unknown]
  const wanted = elements.map((element) => wantedOf(field, element))
  const known = wanted.every((one) => one !== undefined)
  return [...transportOf(left), known ? { field, wanted, negated } : unknown]
}

/** `ct status dnat`: what is rewritten to another address never meant us. firewalld asks for it in every chain. */
function asksForRewriting({ left, right, op }: Record<string, Json>): boolean {
  return op !== '!=' && right === 'dnat' && isRecord(left) && isRecord(left.ct) && left.ct.key === 'status'
}

const unknown: Condition = { field: 'unknown' }
const never: Condition = { field: 'family', wanted: [], negated: false }

/** `udp dport` asks for UDP without saying so; `th dport` takes any transport. */
function transportOf(left: Json): Condition[] {
  const payload = isRecord(left) && isRecord(left.payload) ? left.payload : {}
  const { protocol } = payload
  return protocol === 'udp' || protocol === 'tcp'
    ? [{ field: 'protocol', wanted: [protocol], negated: false }]
    : []
}

function wantedElements(right: Json, table: string, sets: NamedSets): readonly Json[] | undefined {
  if (typeof right === 'string' && right.startsWith('@')) return sets.get(`${table} ${right.slice(1)}`)
  if (isRecord(right) && 'set' in right) return listOf(right.set)
  return listOf(right)
}

const metaFields: Readonly<Record<string, Field>> = {
  iifname: 'interfaceIn',
  iif: 'interfaceIn',
  oifname: 'interfaceOut',
  oif: 'interfaceOut',
  l4proto: 'protocol',
  nfproto: 'family',
  protocol: 'family',
}

const payloadFields: Readonly<Record<string, Field>> = {
  'ip saddr': 'sourceAddress',
  'ip daddr': 'destinationAddress',
  'ip protocol': 'protocol',
  'udp sport': 'sourcePort',
  'udp dport': 'destinationPort',
  'tcp sport': 'sourcePort',
  'tcp dport': 'destinationPort',
  'th sport': 'sourcePort',
  'th dport': 'destinationPort',
}

/** What the left side looks at; `never` for headers that an IPv4 packet of ours does not have. */
function fieldOf(left: Json): Field | 'never' | undefined {
  if (!isRecord(left)) return undefined
  const { meta, payload, ct, fib } = left
  if (isRecord(meta)) return metaFields[String(meta.key)]
  if (isRecord(payload)) return payloadField(payload)
  if (isRecord(ct)) return ct.key === 'state' ? 'connectionState' : undefined
  if (isRecord(fib))
    return fib.result === 'type' && String(fib.flags) === 'daddr' ? 'destinationType' : undefined
  return undefined
}

const foreignProtocols = new Set(['ip6', 'icmp', 'icmpv6', 'sctp', 'dccp', 'ah', 'esp', 'arp'])

function payloadField({ protocol, field }: Record<string, Json>): Field | 'never' | undefined {
  return foreignProtocols.has(String(protocol))
    ? 'never'
    : payloadFields[`${String(protocol)} ${String(field)}`]
}

function wantedOf(field: Field, element: Json): Wanted | undefined {
  // An element with a timeout, counter or comment is wrapped.
  if (isRecord(element) && isRecord(element.elem)) return wantedOf(field, element.elem.val)
  if (isRecord(element) && isRecord(element.prefix))
    return addressRange(`${String(element.prefix.addr)}/${String(element.prefix.len)}`)
  if (isRecord(element) && Array.isArray(element.range)) return rangeOf(field, element.range)
  if (typeof element === 'number')
    return field === 'protocol' ? protocolName(element) : { from: element, to: element }
  if (typeof element !== 'string') return undefined
  return textOf(field, element)
}

function rangeOf(field: Field, [from, to]: readonly Json[]): Wanted | undefined {
  const first = wantedOf(field, from)
  const last = wantedOf(field, to)
  return typeof first === 'object' && typeof last === 'object' ? { from: first.from, to: last.to } : undefined
}

function protocolName(number: number): string {
  return { 6: 'tcp', 17: 'udp' }[number] ?? String(number)
}

function textOf(field: Field, text: string): Wanted | undefined {
  if (field === 'sourceAddress' || field === 'destinationAddress')
    return addressToNumber(text) === undefined ? undefined : addressRange(text)
  if (field === 'sourcePort' || field === 'destinationPort') return undefined
  return field === 'family' ? (text === 'ip' ? 'ipv4' : text) : text
}
