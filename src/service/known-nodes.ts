import { join } from 'node:path'
import { isLoneFetch } from '../events/story.ts'
import { isPlaceholderUuid } from '../nodes/identifiers.ts'
import { type KnownNode, knownNodes } from '../nodes/known-nodes.ts'
import { readHistory, type SeenNode } from '../observe/history/reader.ts'
import { isPlayed } from '../proxydhcp/played-node.ts'

/**
 * Every node that ever asked, the latest seen first, from the history beside a running service or
 * without one; nodes that were only played by `probe` and its like are left out, and so are programs
 * that fetched a file. Stories are kept for a month, nodes longer: an old one is told by what is left of it.
 */
export function readKnownNodes(stateDirectory: string): KnownNode[] {
  const { stories, nodes: remembered } = readHistory(join(stateDirectory, 'history.db'), 0)
  // Where nodes are never offered anything (tftp-only), a download is all that is seen of one.
  const offers = stories.some((story) => story.offers > 0)
  const boots = offers ? stories.filter((story) => !isLoneFetch(story)) : stories
  const nodes = offers ? remembered.filter((node) => !onlyFetched(node)) : remembered
  const told = new Map(knownNodes(boots).map((node) => [node.mac, node]))
  const seen = new Map(nodes.map((node) => [node.mac, node]))
  return [...new Set([...told.keys(), ...seen.keys()])]
    .filter((mac) => !isPlayed(mac))
    .flatMap((mac) => joined(told.get(mac), seen.get(mac)))
    .sort((left, right) => right.lastSeenMs - left.lastSeenMs)
}

/** DHCP tells the architecture of a node; TFTP does not. */
function onlyFetched({ architecture, uuid, lastStage }: SeenNode): boolean {
  return architecture === undefined && uuid === undefined && ['fetching', 'fetched'].includes(lastStage)
}

function joined(told: KnownNode | undefined, seen: SeenNode | undefined): KnownNode[] {
  if (told === undefined) return seen === undefined ? [] : [fromMemory(seen)]
  const firstSeenMs = Math.min(told.firstSeenMs, seen?.firstSeenMs ?? told.firstSeenMs)
  return [{ ...told, firstSeenMs }]
}

function fromMemory({ uuid, lastStage, architecture, ...seen }: SeenNode): KnownNode {
  return {
    ...seen,
    uuid: uuid === undefined || isPlaceholderUuid(uuid) ? undefined : uuid,
    architecture: architecture as KnownNode['architecture'],
    interface: '',
    lastOutcome: lastStage.replaceAll('-', ' '),
  }
}
