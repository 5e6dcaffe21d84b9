import { meetsAll } from './condition.ts'
import type { Chain, Hook, Passage, Rule, Ruleset } from './model.ts'

export type Judgement =
  | { readonly passes: 'yes' }
  /** `maybe`: a rule that this evaluator does not fully know may stop it. */
  | { readonly passes: 'no' | 'maybe'; readonly by: Culprit }

/** What stops the datagram: a rule, or the policy of a chain. */
export interface Culprit {
  readonly tool: Ruleset['tool']
  readonly table: string
  readonly chain: string
  /** Undefined when it is the chain's policy. */
  readonly rule: string | undefined
  readonly rejects: boolean
}

const hooksOf: Readonly<Record<Passage['direction'], readonly Hook[]>> = {
  input: ['ingress', 'prerouting', 'input'],
  output: ['output', 'postrouting', 'egress'],
}

/** How to take rules that may or may not match: as they please us, or as they do not. */
type Mood = 'hopeful' | 'fearful'

type Outcome =
  | { readonly kind: 'accept' | 'return' }
  | { readonly kind: 'drop'; readonly chain: Chain; readonly rule: Rule | undefined }

/**
 * Whether the rules of this machine let a datagram pass. Every base chain of every tool must let it
 * pass: `accept` ends one chain, `drop` ends all.
 */
export function judge(rulesets: readonly Ruleset[], passage: Passage): Judgement {
  let maybe: Judgement | undefined
  for (const hook of hooksOf[passage.direction])
    for (const ruleset of rulesets)
      for (const chain of baseChains(ruleset, hook)) {
        const fearful = walk(ruleset, chain, passage, 'fearful')
        if (fearful.kind !== 'drop') continue
        const by = culprit(ruleset, fearful)
        if (walk(ruleset, chain, passage, 'hopeful').kind === 'drop') return { passes: 'no', by }
        maybe ??= { passes: 'maybe', by }
      }
  return maybe ?? { passes: 'yes' }
}

function baseChains(ruleset: Ruleset, hook: Hook): Chain[] {
  const chains = ruleset.chains.filter(({ base }) => base?.hook === hook)
  return chains.sort((one, other) => (one.base?.priority ?? 0) - (other.base?.priority ?? 0))
}

/** Follows a base chain to its end, where the policy decides. */
function walk(ruleset: Ruleset, chain: Chain, passage: Passage, mood: Mood): Outcome {
  const outcome = run(ruleset, chain, passage, mood, 0)
  if (outcome.kind !== 'return') return outcome
  return chain.base?.drops ? { kind: 'drop', chain, rule: undefined } : { kind: 'accept' }
}

/** The kernel refuses deeper jumps too (NFT_JUMP_STACK_SIZE). */
const deepestJump = 16

function run(ruleset: Ruleset, chain: Chain, passage: Passage, mood: Mood, depth: number): Outcome {
  if (depth > deepestJump) return { kind: 'return' }
  for (const rule of chain.rules) {
    const met = meetsAll(passage, rule.conditions)
    if (met === false) continue
    const outcome = act(ruleset, chain, rule, passage, mood, depth)
    if (outcome === undefined) continue
    if (met === true || (mood === 'fearful' ? outcome.kind === 'drop' : outcome.kind === 'accept'))
      return outcome
  }
  return { kind: 'return' }
}

/** What a rule does to what it matches; undefined when the next rule is asked. */
function act(
  ruleset: Ruleset,
  chain: Chain,
  rule: Rule,
  passage: Passage,
  mood: Mood,
  depth: number,
): Outcome | undefined {
  const { action } = rule
  switch (action.kind) {
    case 'accept':
    case 'return':
      return { kind: action.kind }
    case 'drop':
    case 'reject':
      return { kind: 'drop', chain, rule }
    case 'continue':
      return undefined
    case 'unknown':
      return mood === 'fearful' ? { kind: 'drop', chain, rule } : { kind: 'accept' }
    case 'jump':
    case 'goto': {
      const target = ruleset.chains.find(({ table, name }) => table === chain.table && name === action.chain)
      if (target === undefined) return undefined
      const outcome = run(ruleset, target, passage, mood, depth + 1)
      return outcome.kind === 'return' && action.kind === 'jump' ? undefined : outcome
    }
  }
}

function culprit(ruleset: Ruleset, { chain, rule }: Outcome & { kind: 'drop' }): Culprit {
  return {
    tool: ruleset.tool,
    table: chain.table,
    chain: chain.name,
    rule: rule?.text,
    rejects: rule?.action.kind === 'reject',
  }
}
