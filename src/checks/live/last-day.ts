import { join } from 'node:path'
import { diagnose } from '../../events/diagnose.ts'
import { type BootStory, hasReached } from '../../events/story.ts'
import { readHistoryIfAllowed } from '../../observe/history/reader.ts'
import { ignoreReasons } from '../../proxydhcp/ignore-reasons.ts'
import { isPlayed } from '../../proxydhcp/played-node.ts'
import type { IgnoreReason } from '../../proxydhcp/types.ts'
import { escapeText } from '../../ui/text.ts'
import { formatDuration } from '../../ui/units.ts'
import { type Check, ok, skipped, warning } from '../check.ts'

export const dayMs = 86_400_000

export const lastDay: Check = {
  id: 'last-day',
  category: 'live',
  title: 'nodes of the last 24 h got through',
  dependsOn: [],
  async run(facts) {
    const nowMs = facts.nowMs()
    const file = join(facts.options.stateDirectory, 'history.db')
    const stories = readHistoryIfAllowed(file, nowMs - dayMs)?.stories
    if (stories === undefined) return skipped('this user may not read the history; run it with sudo')
    const proxies = await facts.config().then(
      ({ mode }) => mode === 'proxy',
      () => false,
    )
    const nodes = stories.filter((story) => !isPlayed(story.mac) && (!proxies || isBoot(story)))
    // Newest first: a node that got through later is not stuck any more.
    const latest = [...new Map(nodes.toReversed().map((story) => [story.mac, story])).values()].reverse()
    if (nodes.length === 0) return skipped('no node asked')
    const stuck = latest
      .map((story) => ({ story, diagnosis: diagnose(story, nowMs) }))
      .filter(
        ({ story, diagnosis }) =>
          diagnosis !== undefined && !isExpected(story) && diagnosis.code !== 'beyond-our-sight',
      )
    const [first] = stuck
    if (first?.diagnosis === undefined) return ok(`${summarise(nodes)}${slowest(nodes)}`)
    const { mac } = first.story
    return warning(
      `${summarise(nodes)}; ${mac}: ${escapeText(first.diagnosis.sentence)}`,
      first.diagnosis.remedy,
    )
  },
}

/** `37 offered · 36 downloaded · 1 gave up at block 812 · 4 ignored (3 denied, 1 raspberry-pi)`. */
export function summarise(stories: readonly BootStory[]): string {
  const offered = stories.filter(({ offers }) => offers > 0).length
  const fetched = stories.filter((story) => hasReached(story, 'fetched')).length
  const gaveUp = stories.filter(({ failure }) => failure?.block !== undefined)
  const ignored = stories.filter(
    ({ offers, failure, stage }) => offers === 0 && stage === 'refused' && failure !== undefined,
  )
  const reasons = Map.groupBy(ignored, ({ failure }) => failure?.reason ?? 'unknown')
  const why = [...reasons].map(([reason, those]) => `${those.length} ${escapeText(reason)}`).join(', ')
  return [
    `${offered} offered`,
    `${fetched} downloaded`,
    ...(gaveUp.length === 0
      ? []
      : [`${gaveUp.length} gave up at block ${gaveUp.map(({ failure }) => failure?.block).join(', ')}`]),
    ...(ignored.length === 0 ? [] : [`${ignored.length} ignored (${why})`]),
  ].join(' · ')
}

/** Where we make the offers, a download without one is somebody with a TFTP client, or `probe`. */
function isBoot({ offers, stage }: BootStory): boolean {
  return offers > 0 || stage === 'refused'
}

/** A refusal that the configuration asked for, or that every LAN has. */
function isExpected({ stage, failure }: BootStory): boolean {
  if (stage !== 'refused' || failure === undefined) return false
  const known = failure.reason in ignoreReasons ? ignoreReasons[failure.reason as IgnoreReason] : undefined
  return known?.background === true || failure.reason === 'denied' || failure.reason === 'not-allowed'
}

function slowest(stories: readonly BootStory[]): string {
  const timed = stories.flatMap(({ mac, transfer }) =>
    transfer?.durationMs === undefined ? [] : [{ mac, durationMs: transfer.durationMs }],
  )
  const [first] = timed.sort((one, other) => other.durationMs - one.durationMs)
  return first === undefined ? '' : ` · slowest ${first.mac} in ${formatDuration(first.durationMs)}`
}
