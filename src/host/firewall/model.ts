/** A datagram that wants to pass, as far as rules usually look at it. */
export interface Passage {
  readonly direction: 'input' | 'output'
  readonly interface: string
  readonly protocol: 'udp' | 'tcp'
  /** Dotted quads; undefined where any may come. */
  readonly sourceAddress: string | undefined
  readonly destinationAddress: string | undefined
  readonly sourcePort: number | undefined
  readonly destinationPort: number | undefined
  /** `established` is an answer to something that already passed the other way. */
  readonly connectionState: 'new' | 'established'
}

export type Field =
  | 'family'
  | 'interfaceIn'
  | 'interfaceOut'
  | 'protocol'
  | 'sourceAddress'
  | 'destinationAddress'
  | 'sourcePort'
  | 'destinationPort'
  | 'connectionState'
  | 'destinationType'

/** Numbers from one to the other, ends included; or a name, of which a last `*` stands for any end. */
export type Wanted = { readonly from: number; readonly to: number } | string

/** What a rule asks for; `unknown` is something that this evaluator does not know. */
export type Condition =
  | { readonly field: Field; readonly wanted: readonly Wanted[]; readonly negated: boolean }
  | { readonly field: 'unknown' }

export type Action =
  /** `unknown` hands the packet to something else (a queue); `continue` only notes or marks it. */
  | { readonly kind: 'accept' | 'drop' | 'reject' | 'return' | 'unknown' | 'continue' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string }

export interface Rule {
  /** As the tool that owns it would print it. */
  readonly text: string
  /** All must hold. */
  readonly conditions: readonly Condition[]
  readonly action: Action
}

export type Hook = 'ingress' | 'prerouting' | 'input' | 'output' | 'postrouting' | 'egress'

export interface Chain {
  readonly table: string
  readonly name: string
  /** Only base chains see packets by themselves. */
  readonly base: { readonly hook: Hook; readonly priority: number; readonly drops: boolean } | undefined
  readonly rules: readonly Rule[]
}

/** All chains of one tool. */
export interface Ruleset {
  readonly tool: 'nftables' | 'iptables' | 'iptables-legacy'
  readonly chains: readonly Chain[]
}
