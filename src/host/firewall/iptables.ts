import { escapeText } from '../../ui/text.ts'
import { addressRange } from './condition.ts'
import type { Action, Chain, Condition, Field, Hook, Rule, Ruleset, Wanted } from './model.ts'

/** By table and name, while rules are being added. */
type Chains = Map<string, Chain & { readonly rules: Rule[] }>

/** Reads what `iptables-save` prints; of its tables those that can drop. */
export function parseIptables(tool: 'iptables' | 'iptables-legacy', text: string): Ruleset {
  const chains: Chains = new Map()
  let table = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = line.slice(1).trim()
    else if (line.startsWith(':')) addChain(chains, table, line.slice(1))
    else if (line.startsWith('-A ')) addRule(chains, table, line)
  }
  return { tool, chains: [...chains.values()].filter((chain) => priorities[chain.table] !== undefined) }
}

/** Tables are base chains at these priorities (<linux/netfilter_ipv4.h>); `nat` drops nothing. */
const priorities: Readonly<Record<string, number>> = { raw: -300, mangle: -150, filter: 0, security: 50 }

const hooks: Readonly<Record<string, Hook>> = {
  PREROUTING: 'prerouting',
  INPUT: 'input',
  OUTPUT: 'output',
  POSTROUTING: 'postrouting',
}

/** `INPUT DROP [0:0]`; chains of users have `-` for a policy. */
function addChain(chains: Chains, table: string, line: string): void {
  const [name = '', policy] = line.split(' ')
  const hook = hooks[name]
  const base =
    hook && policy !== '-' ? { hook, priority: priorities[table] ?? 0, drops: policy === 'DROP' } : undefined
  chains.set(`${table} ${name}`, { table, name, base, rules: [] })
}

function addRule(chains: Chains, table: string, line: string): void {
  const [, name = '', ...words] = wordsOf(line)
  chains.get(`${table} ${name}`)?.rules.push(parseRule(escapeText(line), words))
}

/** Words of a line; quoted ones keep their spaces. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"((?:\\.|[^"\\])*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

function parseRule(text: string, words: readonly string[]): Rule {
  const conditions: Condition[] = []
  let action: Action | undefined
  let negated = false
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? ''
    if (word === '!') {
      negated = true
      continue
    }
    if (word === '-j' || word === '-g') {
      // What follows the target belongs to it.
      action = actionOf(words[index + 1] ?? '', word === '-g')
      break
    }
    const values = valuesAfter(words, index)
    index += values.length
    const condition = conditionOf(word, values, negated)
    if (condition !== undefined) conditions.push(condition)
    negated = false
  }
  return { text, conditions, action: action ?? { kind: 'continue' } }
}

function valuesAfter(words: readonly string[], index: number): string[] {
  const rest = words.slice(index + 1)
  const end = rest.findIndex((word) => word === '!' || /^--?[a-z]/.test(word))
  return end === -1 ? rest : rest.slice(0, end)
}

/** Matches that say nothing by themselves: their options, or the protocol, do. */
const plainMatches = new Set([
  'udp',
  'tcp',
  'conntrack',
  'state',
  'multiport',
  'comment',
  'addrtype',
  'pkttype',
])

const fields: Readonly<Record<string, Field>> = {
  '-p': 'protocol',
  '-s': 'sourceAddress',
  '-d': 'destinationAddress',
  '-i': 'interfaceIn',
  '-o': 'interfaceOut',
  '--sport': 'sourcePort',
  '--sports': 'sourcePort',
  '--dport': 'destinationPort',
  '--dports': 'destinationPort',
  '--ctstate': 'connectionState',
  '--state': 'connectionState',
  '--dst-type': 'destinationType',
}

function conditionOf(option: string, values: readonly string[], negated: boolean): Condition | undefined {
  if (option === '-m') return plainMatches.has(values[0] ?? '') ? undefined : { field: 'unknown' }
  if (option === '--comment') return undefined
  const field = fields[option]
  if (field === undefined) return { field: 'unknown' }
  const wanted = (values[0] ?? '').split(',').map((value) => wantedOf(field, value))
  return wanted.every((one) => one !== undefined) ? { field, wanted, negated } : { field: 'unknown' }
}

function wantedOf(field: Field, value: string): Wanted | undefined {
  switch (field) {
    case 'sourceAddress':
    case 'destinationAddress':
      return addressRange(value)
    case 'sourcePort':
    case 'destinationPort':
      return portRange(value)
    case 'interfaceIn':
    case 'interfaceOut':
      return value.replace(/\+$/, '*')
    default:
      return value.toLowerCase()
  }
}

/** `69` or `40000:40099`, either end of which may be left out. */
function portRange(text: string): Wanted | undefined {
  const [first, last = first] = text.split(':')
  const [from, to] = [Number(first || 0), Number(last || 65_535)]
  return Number.isInteger(from) && Number.isInteger(to) ? { from, to } : undefined
}

/** Targets that decide; those that only note or mark something go on to the next rule. */
const verdicts: Readonly<Record<string, Action>> = {
  ACCEPT: { kind: 'accept' },
  DROP: { kind: 'drop' },
  REJECT: { kind: 'reject' },
  RETURN: { kind: 'return' },
  NFQUEUE: { kind: 'unknown' },
  QUEUE: { kind: 'unknown' },
}

function actionOf(target: string, goes: boolean): Action {
  // A target that is neither a verdict nor a chain (LOG, MARK…) finds no chain and goes on.
  return verdicts[target] ?? { kind: goes ? 'goto' : 'jump', chain: target }
}
