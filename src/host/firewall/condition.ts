import type { Condition, Field, Passage, Wanted } from './model.ts'

/** Whether a passage meets a condition; undefined when that cannot be told from here. */
export function meets(passage: Passage, condition: Condition): boolean | undefined {
  if (condition.field === 'unknown') return undefined
  const value = lookAt(passage, condition.field)
  if (value === undefined) return undefined
  return condition.wanted.some((wanted) => matches(value, wanted)) !== condition.negated
}

/** All conditions together: one that fails decides, one that is unknown leaves it open. */
export function meetsAll(passage: Passage, conditions: readonly Condition[]): boolean | undefined {
  const answers = conditions.map((condition) => meets(passage, condition))
  if (answers.includes(false)) return false
  return answers.includes(undefined) ? undefined : true
}

function lookAt(passage: Passage, field: Field): string | number | undefined {
  switch (field) {
    case 'family':
      return 'ipv4'
    case 'interfaceIn':
      return passage.direction === 'input' ? passage.interface : ''
    case 'interfaceOut':
      return passage.direction === 'output' ? passage.interface : ''
    case 'sourceAddress':
    case 'destinationAddress':
      return addressToNumber(passage[field])
    case 'destinationType':
      return destinationType(passage)
    default:
      return passage[field]
  }
}

function matches(value: string | number, wanted: Wanted): boolean {
  if (typeof wanted === 'object')
    return typeof value === 'number' && value >= wanted.from && value <= wanted.to
  if (typeof value === 'number') return false
  return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted
}

/** What the routing table would call the destination of something that comes in. */
function destinationType({ direction, destinationAddress }: Passage): string | undefined {
  if (destinationAddress === '255.255.255.255') return 'broadcast'
  return direction === 'input' ? 'local' : undefined
}

/** A dotted quad as a number; undefined for anything else. */
export function addressToNumber(address: string | undefined): number | undefined {
  const octets = address?.split('.').map(Number) ?? []
  if (octets.length !== 4 || octets.some((octet) => !(octet >= 0 && octet <= 255))) return undefined
  return octets.reduce((number, octet) => number * 256 + octet, 0)
}

/** `10.0.0.0/8`, `10.0.0.0/255.0.0.0` or one address; undefined for anything else. */
export function addressRange(text: string): Wanted | undefined {
  const [address, length] = text.split('/')
  const number = addressToNumber(address)
  const prefix = length?.includes('.') ? prefixOf(length) : Number(length ?? 32)
  if (number === undefined || prefix === undefined || !(prefix >= 0 && prefix <= 32)) return undefined
  const size = 2 ** (32 - prefix)
  const from = Math.floor(number / size) * size
  return { from, to: from + size - 1 }
}

function prefixOf(mask: string): number | undefined {
  const number = addressToNumber(mask)
  if (number === undefined) return undefined
  const prefix = 32 - Math.log2(2 ** 32 - number)
  return Number.isInteger(prefix) ? prefix : undefined
}
