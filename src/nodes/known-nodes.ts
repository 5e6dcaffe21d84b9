import type { BootStage, BootStory } from '../events/story.ts'
import { isPlaceholderUuid } from './identifiers.ts'

/** What network booting has taught about one NIC of one machine. */
export interface KnownNode {
  readonly mac: string
  /** SMBIOS UUID (option 97), as the orchestrator writes it; absent when the board has none of its own. */
  readonly uuid: string | undefined
  readonly architecture: BootStory['architecture']
  readonly interface: string
  /** Last address seen. */
  readonly address: string | undefined
  readonly firstSeenMs: number
  readonly lastSeenMs: number
  /** How far it came last time, in a few words. */
  readonly lastOutcome: string
}

/** One boot story later. Stories may come in any order: what the newer one does not know, the older one may. */
export function learn(known: KnownNode | undefined, story: BootStory): KnownNode {
  const told = fromStory(story)
  if (known === undefined) return told
  const [newer, older] = told.lastSeenMs >= known.lastSeenMs ? [told, known] : [known, told]
  return {
    ...newer,
    uuid: newer.uuid ?? older.uuid,
    architecture: newer.architecture ?? older.architecture,
    address: newer.address ?? older.address,
    firstSeenMs: Math.min(newer.firstSeenMs, older.firstSeenMs),
  }
}

function fromStory(story: BootStory): KnownNode {
  return {
    mac: story.mac,
    uuid: story.uuid === undefined || isPlaceholderUuid(story.uuid) ? undefined : story.uuid,
    architecture: story.architecture,
    interface: story.interface,
    address: story.address,
    firstSeenMs: story.startedAtMs,
    lastSeenMs: story.lastAtMs,
    lastOutcome: outcomeOf(story),
  }
}

/** All nodes of these stories, the latest seen first. */
export function knownNodes(stories: Iterable<BootStory>): KnownNode[] {
  const byMac = new Map<string, KnownNode>()
  for (const story of stories) byMac.set(story.mac, learn(byMac.get(story.mac), story))
  return [...byMac.values()].sort((left, right) => right.lastSeenMs - left.lastSeenMs)
}

function outcomeOf(story: BootStory): string {
  if (story.failure === undefined) return stageWords[story.stage]
  const { reason, block } = story.failure
  if (story.stage === 'refused') return `refused: ${reason}`
  return block === undefined ? `failed: ${reason}` : `failed: ${reason} at block ${block}`
}

const stageWords: Readonly<Record<BootStage, string>> = {
  refused: 'refused',
  offered: 'offered, then silent',
  'asked-boot-server': 'asked the boot server',
  probed: 'asked for the size',
  fetching: 'downloading',
  fetched: 'downloaded',
  'ipxe-started': 'iPXE started',
  'ipxe-addressed': 'iPXE has an address',
  'system-started': 'system started',
}
