import type { Architecture } from '../proxydhcp/types.ts'
import type { TransferFailure } from './event.ts'

/**
 * One attempt of one node to boot, as far as it can be seen from here: a fold over the node's
 * events (`fold.ts`). Plain data, so that it can be kept, sent and compared.
 */
export interface BootStory {
  /** MAC and start, joined: unique among stories. */
  readonly id: string
  readonly mac: string
  readonly interface: string
  readonly uuid: string | undefined
  readonly address: string | undefined
  readonly architecture: Architecture | undefined
  readonly startedAtMs: number
  readonly lastAtMs: number
  readonly stage: BootStage
  /** Offers made in this attempt, any form. */
  readonly offers: number
  readonly offerForm: 'direct' | 'bootServer' | undefined
  readonly transfer: StoryTransfer | undefined
  /** Completed downloads of a boot file in this attempt: more than one smells of a loop. */
  readonly downloads: number
  /** How long the node had been asking when it was first heard; a switch may have held its port. */
  readonly waitedSeconds?: number | undefined
  /** Boots of this node right before this one, each begun within `repeatMs` of the one before. */
  readonly repeats?: number | undefined
  readonly failure: StoryFailure | undefined
  /** Oldest first, at most `maxMilestones`; beyond, those in the middle are gone. */
  readonly milestones: readonly Milestone[]
}

/** How far a node got, in the order of a boot that works. */
export type BootStage =
  | 'refused'
  | 'offered'
  | 'asked-boot-server'
  | 'probed'
  | 'fetching'
  | 'fetched'
  | 'ipxe-started'
  | 'ipxe-addressed'
  | 'system-started'

export interface StoryTransfer {
  readonly file: string
  readonly sentBytes: number
  readonly totalBytes: number
  readonly durationMs: number | undefined
  readonly resentBlocks: number
}

export interface StoryFailure {
  readonly reason: TransferFailure | string
  readonly detail: string
  /** Block in flight when a transfer failed. */
  readonly block: number | undefined
}

export interface Milestone {
  readonly atMs: number
  readonly kind: MilestoneKind
  /** A value worth showing beside the kind: a file, an address, a reason. */
  readonly note: string
}

export type MilestoneKind =
  | 'offered'
  | 'offered again'
  | 'fell back'
  | 'leased'
  | 'asked boot server'
  | 'size probe'
  | 'fetching'
  | 'fetched'
  | 'failed'
  | 'refused'
  | 'iPXE started'
  | 'iPXE addressed'
  | 'system started'

export const maxMilestones = 40

const stageOrder: readonly BootStage[] = [
  'refused',
  'offered',
  'asked-boot-server',
  'probed',
  'fetching',
  'fetched',
  'ipxe-started',
  'ipxe-addressed',
  'system-started',
]

/** With at most `most` milestones (even), the first and the latest: how it began matters as much as how it ended. */
export function shortened(story: BootStory, most: number): BootStory {
  const { milestones } = story
  if (milestones.length <= most) return story
  return { ...story, milestones: [...milestones.slice(0, most / 2), ...milestones.slice(-most / 2)] }
}

const ofAnyProgram: ReadonlySet<MilestoneKind> = new Set(['fetching', 'fetched', 'failed'])

/**
 * True for a download that neither a DHCP question nor the size probe of firmware came before: curl or
 * another TFTP client, by hand. In mode `tftp-only` a legacy ROM looks the same.
 */
export function isLoneFetch({ offers, stage, milestones }: BootStory): boolean {
  const begun = stage === 'fetching' || stage === 'fetched'
  return begun && offers === 0 && milestones.every(({ kind }) => ofAnyProgram.has(kind))
}

/** Stages only move forward within one story. */
export function laterStage(left: BootStage, right: BootStage): BootStage {
  return stageOrder.indexOf(left) >= stageOrder.indexOf(right) ? left : right
}

export function hasReached(story: BootStory, stage: BootStage): boolean {
  return stageOrder.indexOf(story.stage) >= stageOrder.indexOf(stage)
}
