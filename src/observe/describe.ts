import type { NodeReference, ServeEvent } from '../events/event.ts'
import type { BootStory } from '../events/story.ts'
import { ignoreReasons } from '../proxydhcp/ignore-reasons.ts'
import type { IgnoreReason } from '../proxydhcp/types.ts'
import { escapeText } from '../ui/text.ts'
import { formatBytes, formatDuration, formatRate, plural } from '../ui/units.ts'

/** How loudly something is said. `debug` is for what happens all the time on a healthy LAN. */
export type Level = 'debug' | 'info' | 'warning' | 'error'

export interface Description {
  readonly level: Level
  readonly text: string
}

type EventOf<Type extends ServeEvent['type']> = Extract<ServeEvent, { type: Type }>

/** One sentence per kind of event; a missing kind does not compile. */
const sentences: { readonly [Type in ServeEvent['type']]: (event: EventOf<Type>) => Description } = {
  'dhcp.offered': (event) => info(`offered ${event.bootFile} (${formNames[event.form]})`),
  'dhcp.acknowledged': (event) => info(`asked the boot server and was told ${event.bootFile}`),
  'dhcp.fallback': (event) =>
    info(`asked again: its firmware may ignore the ${formNames[event.from]}, now ${formNames[event.to]}`),
  'dhcp.ignored': (event) =>
    isBackground(event.reason)
      ? debug(`not answered: ${event.reason} (${event.detail})`)
      : warning(`not answered: ${event.reason} (${event.detail})`),
  'dhcp.leased': (event) =>
    debug(`took ${event.address ?? 'an address'} from DHCP server ${event.dhcpServer} (${event.stage})`),
  'ipxe.seen': (event) => info(`runs iPXE${event.version === undefined ? '' : ` ${event.version}`}`),
  'tftp.requested': (event) =>
    debug(`asked for ${event.file} (block size ${event.blockSize}, window ${event.windowSize})`),
  'tftp.probed': (event) => debug(`asked for the size of ${event.file}`),
  'tftp.progress': (event) =>
    debug(`${event.file}: ${formatBytes(event.sentBytes)} of ${formatBytes(event.totalBytes)}`),
  'tftp.completed': (event) =>
    info(fetchedSentence(event.file, event.totalBytes, event.durationMs, event.resentBlocks)),
  'tftp.failed': (event) =>
    warning(
      `gave up on ${event.file} at block ${event.block} (${formatBytes(event.sentBytes)} of ${formatBytes(event.totalBytes)}): ${event.reason}${event.detail === '' ? '' : `, ${event.detail}`}`,
    ),
  'tftp.refused': (event) =>
    event.reason === 'autoexec'
      ? debug('looked for autoexec.ipxe, as iPXE does at start')
      : warning(`was refused "${event.file}": ${event.reason}`),
  'http.served': (event) => info(fetchedSentence(event.file, event.totalBytes, event.durationMs, 0)),
  'interface.listening': (event) => info(`${event.interface}: answering as ${event.address}`),
  'interface.waiting': (event) => warning(`${event.interface}: waiting, ${waitingReasons[event.reason]}`),
  'interface.readdressed': (event) =>
    info(`${event.interface}: address changed from ${event.previous} to ${event.address}`),
  'interface.failed': (event) => error(`${event.interface}: ${event.message} [${event.code}]`),
  'packet.dropped': (event) =>
    (floods.has(event.reason) ? warning : debug)(
      `${event.interface}: ${droppedWords(event.count)}, ${event.reason} (${event.detail})`,
    ),
  'artifact.loaded': (event) =>
    info(
      `serving ${event.path} (${formatBytes(event.sizeBytes)}, sha256 ${event.sha256.slice(0, 12)}) to ${event.architecture}`,
    ),
  'artifact.missing': (event) =>
    event.stillServed === true
      ? warning(
          `the boot file for ${event.architecture} could not be read again: ${event.path}: ${event.message}; nodes get the bytes read before`,
        )
      : error(
          `no boot file for ${event.architecture}, so such nodes are not answered: ${event.path}: ${event.message}`,
        ),
  'artifact.refreshed': (event) =>
    info(
      `a newer boot file was fetched (${formatBytes(event.sizeBytes)}, sha256 ${event.sha256.slice(0, 12)})`,
    ),
  'artifact.unchanged': () => debug('the boot file is current'),
  'artifact.refresh-failed': (event) =>
    warning(`could not refresh the boot file; what is served stays: ${event.message} [${event.code}]`),
  'artifact.trust-mismatch': (event) =>
    error(
      `nodes will fail with "Unable to reach the edge orchestrator": the boot file trusts certificate ${event.trusted.slice(0, 16)}, the orchestrator serves ${event.served.slice(0, 16)}`,
    ),
  'artifact.certificate-expiring': (event) =>
    warning(
      `the orchestrator’s certificate expires on ${new Date(event.expiresAtMs).toISOString().slice(0, 10)}`,
    ),
  'service.started': (event) => info(`emf-pxe ${event.version} started on ${event.interfaces.join(', ')}`),
  'service.reloaded': () => info('configuration reloaded'),
  'service.reload-failed': (event) =>
    error(`configuration not reloaded, the running one stays: ${event.message}`),
  'service.draining': (event) =>
    info(
      event.transfers === 0
        ? 'stopping'
        : `stopping: ${plural(event.transfers, 'transfer')} still running; press Ctrl-C again to stop at once`,
    ),
  'service.stopped': () => info('stopped'),
}

/** What happened, in one sentence that is safe for a terminal. */
export function describe(event: ServeEvent): Description {
  const sentence = sentences[event.type] as (event: ServeEvent) => Description
  const { level, text } = sentence(event)
  return { level, text: escapeText(text) }
}

/** `52:54:00:00:00:01 x64 10.20.0.101`. */
export function describeNode(node: NodeReference | BootStory): string {
  const parts = [node.mac === '' ? 'unknown node' : node.mac, node.architecture, node.address]
  return parts.filter((part) => part !== undefined).join(' ')
}

const formNames = { direct: 'direct form', bootServer: 'boot server form' } as const

/** What says that somebody on the LAN is up to no good, or broken. */
const floods = new Set(['node-asks-too-often', 'too-many-requests'])

function droppedWords(count = 1): string {
  return count === 1 ? 'packet dropped' : `${count} packets dropped`
}

const waitingReasons = {
  missing: 'there is no such interface yet',
  down: 'its link is down',
  'no-ipv4': 'it has no IPv4 address yet',
} as const

/** What every healthy LAN produces all day. */
function isBackground(reason: string): boolean {
  return reason in ignoreReasons && ignoreReasons[reason as IgnoreReason].background
}

function fetchedSentence(file: string, totalBytes: number, durationMs: number, resentBlocks: number): string {
  const rate = formatRate((totalBytes * 1000) / Math.max(1, durationMs))
  const resent = resentBlocks === 0 ? '' : `, ${plural(resentBlocks, 'block')} sent again`
  return `fetched ${file}, ${formatBytes(totalBytes)} in ${formatDuration(durationMs)} (${rate}${resent})`
}

function debug(text: string): Description {
  return { level: 'debug', text }
}
function info(text: string): Description {
  return { level: 'info', text }
}
function warning(text: string): Description {
  return { level: 'warning', text }
}
function error(text: string): Description {
  return { level: 'error', text }
}
