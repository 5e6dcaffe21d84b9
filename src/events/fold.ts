import { ignoreReasons } from '../proxydhcp/ignore-reasons.ts'
import type { IgnoreReason } from '../proxydhcp/types.ts'
import type { NodeEvent, NodeReference, ServeEvent } from './event.ts'
import {
  type BootStage,
  type BootStory,
  hasReached,
  laterStage,
  type Milestone,
  type MilestoneKind,
  maxMilestones,
  type StoryFailure,
  type StoryTransfer,
  shortened,
} from './story.ts'

/** A pause after which a new request from the same MAC is a new attempt (edk2 tries for 60 s, iPXE scripts for some minutes). */
const newStoryAfterMs = 5 * 60_000

type TimedNodeEvent = NodeEvent & { readonly atMs: number }

/** True for events that belong to a node's boot story. */
export function isNodeEvent(event: ServeEvent): event is TimedNodeEvent {
  return 'mac' in event && event.mac !== ''
}

/** True when the event begins a new attempt of a node whose latest story is `story`. */
export function beginsStory(story: BootStory | undefined, event: TimedNodeEvent): boolean {
  if (story === undefined) return event.type === 'dhcp.offered' || isRefusal(event) || isTransfer(event)
  if (event.type !== 'dhcp.offered') return false
  if (event.atMs - story.lastAtMs > newStoryAfterMs) return true
  // Firmware that asks for a boot file again after iPXE took over has been switched on anew.
  return event.gives !== 'script' && hasReached(story, 'ipxe-started')
}

/** Every laptop on the LAN asks for an address: what is not answered as a matter of course is no boot. */
function isRefusal(event: TimedNodeEvent): boolean {
  return event.type === 'dhcp.ignored' && ignoreReasons[event.reason as IgnoreReason]?.background !== true
}

function isTransfer(event: TimedNodeEvent): boolean {
  return event.type === 'tftp.requested' || event.type === 'http.served'
}

/** The first state of a story, before its first event is folded in. */
export function openStory(event: TimedNodeEvent, previous?: BootStory): BootStory {
  const waited = event.type === 'dhcp.offered' ? event.waitedSeconds : undefined
  return {
    id: `${event.mac}@${event.atMs}`,
    mac: event.mac,
    interface: event.interface,
    uuid: event.uuid,
    address: event.address,
    architecture: event.architecture,
    startedAtMs: event.atMs,
    lastAtMs: event.atMs,
    stage: 'refused',
    offers: 0,
    offerForm: undefined,
    transfer: undefined,
    downloads: 0,
    ...(waited === undefined ? {} : { waitedSeconds: waited }),
    ...repeatsAfter(previous, event.atMs),
    failure: undefined,
    milestones: [],
  }
}

/** An installation reboots once or twice, and not within so short a time. */
const repeatMs = 15 * 60_000

/** Only boots that came as far as iPXE count: others are retries of one. */
function repeatsAfter(previous: BootStory | undefined, atMs: number): { repeats?: number } {
  if (previous === undefined || !hasReached(previous, 'ipxe-started')) return {}
  if (atMs - previous.startedAtMs > repeatMs) return {}
  return { repeats: (previous.repeats ?? 0) + 1 }
}

/** One event later. Pure; events of other nodes must not be passed in. */
export function fold(story: BootStory, event: TimedNodeEvent): BootStory {
  const known = identify(story, event)
  switch (event.type) {
    case 'dhcp.offered':
      return offered(known, event)
    case 'dhcp.fallback':
      return note(known, event, 'fell back', `${event.from} → ${event.to}`)
    case 'dhcp.acknowledged':
      return note(advance(known, 'asked-boot-server'), event, 'asked boot server', event.bootFile)
    case 'dhcp.leased':
      return leased(known, event)
    case 'dhcp.ignored':
      return ignored(known, event)
    case 'ipxe.seen':
      return hasReached(known, 'ipxe-started')
        ? known
        : note(advance(known, 'ipxe-started'), event, 'iPXE started', event.version ?? '')
    case 'tftp.probed':
      return note(advance(known, 'probed'), event, 'size probe', event.file)
    case 'tftp.requested':
      return { ...known, failure: undefined }
    case 'tftp.progress':
      return fetching(known, event)
    case 'tftp.completed':
      return fetched(known, event, event.durationMs, event.resentBlocks)
    case 'http.served':
      return fetched(known, event, event.durationMs, 0)
    case 'tftp.failed':
      return failed(known, event)
    case 'tftp.refused':
      return refusedFile(known, event)
  }
}

function identify(story: BootStory, event: TimedNodeEvent): BootStory {
  return {
    ...story,
    lastAtMs: Math.max(story.lastAtMs, event.atMs),
    uuid: event.uuid ?? story.uuid,
    address: event.address ?? story.address,
    architecture: event.architecture ?? story.architecture,
  }
}

function offered(story: BootStory, event: Extract<TimedNodeEvent, { type: 'dhcp.offered' }>): BootStory {
  if (event.gives === 'script' && hasReached(story, 'ipxe-started')) return story
  const next = {
    // A script is only ever named to iPXE, which runs: out of the boot file of another NIC, or of another server.
    ...advance(story, event.gives === 'script' ? 'ipxe-started' : 'offered'),
    offers: story.offers + 1,
    offerForm: event.form,
    failure: undefined,
  }
  return note(next, event, story.offers === 0 ? 'offered' : 'offered again', event.bootFile)
}

function leased(story: BootStory, event: Extract<TimedNodeEvent, { type: 'dhcp.leased' }>): BootStory {
  const address = event.address ?? ''
  if (event.stage === 'ipxe') return note(advance(story, 'ipxe-addressed'), event, 'iPXE addressed', address)
  if (event.stage === 'system' && hasReached(story, 'fetched')) {
    return note(advance(story, 'system-started'), event, 'system started', address)
  }
  return note(story, event, 'leased', address)
}

function ignored(story: BootStory, event: Extract<TimedNodeEvent, { type: 'dhcp.ignored' }>): BootStory {
  // Once a system or a script-driven iPXE is up, its plain DHCP traffic is no refusal.
  if (hasReached(story, 'offered') || !isRefusal(event)) return story
  const failure: StoryFailure = { reason: event.reason, detail: event.detail, block: undefined }
  return story.failure?.reason === event.reason
    ? story
    : note({ ...story, failure }, event, 'refused', event.reason)
}

function fetching(story: BootStory, event: Extract<TimedNodeEvent, { type: 'tftp.progress' }>): BootStory {
  const transfer: StoryTransfer = { ...progressOf(event), durationMs: undefined, resentBlocks: 0 }
  const begun = story.transfer?.file === event.file && story.transfer.durationMs === undefined
  const next = { ...advance(story, 'fetching'), transfer }
  return begun ? next : note(next, event, 'fetching', event.file)
}

function fetched(
  story: BootStory,
  event: NodeReference & { atMs: number; file: string; totalBytes: number },
  durationMs: number,
  resentBlocks: number,
): BootStory {
  const transfer = {
    file: event.file,
    sentBytes: event.totalBytes,
    totalBytes: event.totalBytes,
    durationMs,
    resentBlocks,
  }
  const next = { ...advance(story, 'fetched'), transfer, failure: undefined, downloads: story.downloads + 1 }
  return note(next, event, 'fetched', event.file)
}

function failed(story: BootStory, event: Extract<TimedNodeEvent, { type: 'tftp.failed' }>): BootStory {
  const transfer: StoryTransfer = { ...progressOf(event), durationMs: undefined, resentBlocks: 0 }
  const failure: StoryFailure = { reason: event.reason, detail: event.detail, block: event.block }
  return note({ ...story, transfer, failure }, event, 'failed', `${event.reason} at block ${event.block}`)
}

function refusedFile(story: BootStory, event: Extract<TimedNodeEvent, { type: 'tftp.refused' }>): BootStory {
  // iPXE asks for autoexec.ipxe before anything else: its refusal is part of a good boot, and a sign of life.
  if (event.reason === 'autoexec') {
    return hasReached(story, 'ipxe-started')
      ? story
      : note(advance(story, 'ipxe-started'), event, 'iPXE started', '')
  }
  const failure: StoryFailure = { reason: event.reason, detail: event.file, block: undefined }
  return note({ ...story, failure }, event, 'refused', event.file)
}

function progressOf(event: { file: string; sentBytes: number; totalBytes: number }) {
  return { file: event.file, sentBytes: event.sentBytes, totalBytes: event.totalBytes }
}

function advance(story: BootStory, stage: BootStage): BootStory {
  return { ...story, stage: laterStage(story.stage, stage) }
}

function note(story: BootStory, event: { atMs: number }, kind: MilestoneKind, text: string): BootStory {
  const milestone: Milestone = { atMs: event.atMs, kind, note: text }
  return shortened({ ...story, milestones: [...story.milestones, milestone] }, maxMilestones)
}
