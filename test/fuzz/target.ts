import type { Mutation } from './mutations.ts'

/** Something that reads bytes from strangers, ready to be fed. */
export interface FuzzTarget {
  /** What is fed, for people: one sentence. */
  readonly feeds: string
  /** What must hold for every input, for people. `run` throws when it does not. */
  readonly holds: readonly string[]
  readonly longestBytes: number
  /** Inputs that real programs sent, and others that get far. At least one. */
  readonly seeds: readonly Uint8Array[]
  /** Changes that know the format. */
  readonly mutations?: readonly Mutation[]
  /** Calls and rounds of loops that an input of this many bytes may take. */
  readonly mostWork: (bytes: number) => number
  /** How far the heap may grow after the first minute, corpus not counted; default 24 MB. */
  readonly mostGrowthBytes?: number
  /** Throws, or rejects, when something does not hold. The bytes are the fuzzer's: they change afterwards. */
  readonly run: (bytes: Uint8Array) => void | Promise<void>
  readonly close?: () => Promise<void>
}

/** Where a target is, and which modules count as covered by it; those are loaded by `load`, not before. */
export interface TargetEntry {
  readonly name: string
  /** Beginnings of paths in the project. */
  readonly covers: readonly string[]
  readonly load: () => Promise<{ readonly open: () => Promise<FuzzTarget> }>
}
