import { escapeText } from '../../ui/text.ts'
import type { Action, Chain, Condition, Hook, Rule, Ruleset } from './model.ts'
import {
  isRecord,
  type Json,
  listOf,
  matchConditions,
  type NamedSets,
  setConditions,
} from './nftables-match.ts'

/**
 * Reads what `nft -j list ruleset` prints; of its families those that IPv4 passes. The JSON form has
 * no text that a person could search for: `listing` is what `nft -a list ruleset` prints.
 * Throws SyntaxError on text that is not JSON.
 */
export function parseNftables(json: string, listing = ''): Ruleset {
  const parsed: unknown = JSON.parse(json)
  const objects = listOf(isRecord(parsed) ? parsed.nftables : undefined)
  const sets = namedSets(objects)
  const texts = ruleTexts(listing)
  const rules = recordsOf(objects, 'rule').flatMap((rule) => parseRule(rule, sets, texts))
  const chains = recordsOf(objects, 'chain').map((chain) => parseChain(chain, rules))
  return { tool: 'nftables', chains }
}

type Found = Record<string, Json>

interface PlacedRule extends Rule {
  readonly table: string
  readonly chain: string
}

const ipv4Families = new Set<Json>(['ip', 'inet', 'netdev'])

function recordsOf(objects: readonly Json[], kind: string): Found[] {
  return objects
    .map((object) => (isRecord(object) ? object[kind] : undefined))
    .filter(isRecord)
    .filter((record) => ipv4Families.has(record.family))
}

function tableOf(record: Found): string {
  return `${String(record.family)} ${String(record.table)}`
}

function parseChain(record: Found, rules: readonly PlacedRule[]): Chain {
  const table = tableOf(record)
  const name = String(record.name)
  const hook = hookOf(record.hook)
  return {
    table,
    name,
    base: hook && {
      hook,
      priority: Number(record.prio ?? 0),
      drops: record.policy === 'drop',
    },
    rules: rules.filter((rule) => rule.table === table && rule.chain === name),
  }
}

const hooks: readonly Hook[] = ['ingress', 'prerouting', 'input', 'output', 'postrouting', 'egress']

function hookOf(value: Json): Hook | undefined {
  return hooks.find((hook) => hook === value)
}

/** Elements of each set and map, by table and name. */
function namedSets(objects: readonly Json[]): NamedSets {
  const found = [...recordsOf(objects, 'set'), ...recordsOf(objects, 'map')]
  return new Map(found.map((record) => [`${tableOf(record)} ${String(record.name)}`, listOf(record.elem)]))
}

/** A rule of ours has one action, so one that chooses by a verdict map becomes several. */
function parseRule(record: Found, sets: NamedSets, texts: RuleTexts): PlacedRule[] {
  const table = tableOf(record)
  const place = {
    table,
    chain: String(record.chain),
    text: texts.get(`${table} ${String(record.handle)}`) ?? `handle ${String(record.handle)}`,
  }
  const conditions: Condition[] = []
  for (const statement of listOf(record.expr)) {
    if (!isRecord(statement)) continue
    const [kind = '', value] = Object.entries(statement)[0] ?? []
    const action = actionOf(kind, value)
    if (action !== undefined) return [{ ...place, conditions, action }]
    if (kind === 'vmap') return choices(value, table, sets, { ...place, conditions })
    conditions.push(...conditionsOf(kind, value, table, sets))
  }
  return [{ ...place, conditions, action: { kind: 'continue' } }]
}

function choices(
  value: Json,
  table: string,
  sets: NamedSets,
  rule: Omit<PlacedRule, 'action'>,
): PlacedRule[] {
  const map = isRecord(value) ? value : {}
  const pairs = elementsOf(map.data, table, sets)
  if (pairs === undefined) return [{ ...rule, action: { kind: 'unknown' } }]
  return pairs.filter(Array.isArray).map(([key, verdict]) => {
    const [kind = '', target] = Object.entries(isRecord(verdict) ? verdict : {})[0] ?? []
    const conditions = [...rule.conditions, ...setConditions(map.key, [key], false)]
    return { ...rule, conditions, action: actionOf(kind, target) ?? { kind: 'continue' } }
  })
}

function elementsOf(data: Json, table: string, sets: NamedSets): readonly Json[] | undefined {
  if (typeof data === 'string') return sets.get(`${table} ${data.slice(1)}`)
  return isRecord(data) ? listOf(data.set) : undefined
}

function actionOf(kind: string, value: Json): Action | undefined {
  switch (kind) {
    case 'accept':
    case 'drop':
    case 'reject':
    case 'return':
      return { kind }
    case 'jump':
    case 'goto':
      return { kind, chain: isRecord(value) ? String(value.target) : '' }
    case 'queue':
      return { kind: 'unknown' }
    case 'xt':
      // Rules of iptables; of its targets that nft cannot name, REJECT alone decides.
      return isRecord(value) && value.name === 'REJECT' ? { kind: 'reject' } : undefined
    default:
      return undefined
  }
}

/** Statements that neither match nor decide. */
const silent = new Set([
  'counter',
  'log',
  'comment',
  'mangle',
  'set',
  'notrack',
  'meter',
  'ct helper',
  'flow',
])

function conditionsOf(kind: string, value: Json, table: string, sets: NamedSets): Condition[] {
  if (kind === 'match') return matchConditions(value, table, sets)
  const notes = silent.has(kind) || (kind === 'xt' && isRecord(value) && value.type === 'target')
  return notes ? [] : [{ field: 'unknown' }]
}

/** What each rule looks like, by table and handle. */
type RuleTexts = ReadonlyMap<string, string>

function ruleTexts(listing: string): RuleTexts {
  const texts = new Map<string, string>()
  let table = ''
  for (const line of listing.split('\n')) {
    table = /^table (\S+ \S+) \{/.exec(line)?.[1] ?? table
    const [, text, handle] = /^\s+(.*?) # handle (\d+)$/.exec(line) ?? []
    if (text !== undefined && !text.endsWith('{')) texts.set(`${table} ${handle}`, escapeText(text))
  }
  return texts
}
