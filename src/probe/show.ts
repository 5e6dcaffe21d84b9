import { renderTable } from '../ui/table.ts'
import { escapeText, indent, wrap } from '../ui/text.ts'
import { mark, type Theme } from '../ui/theme.ts'
import { formatBytes, formatDuration, formatRate } from '../ui/units.ts'
import type { ProbeReport } from './report.ts'

type Answers = ProbeReport['answers']

const kindNames: Readonly<Record<Answers[number]['kind'], string>> = {
  dhcpOnly: 'address',
  dhcpPxe: 'address and PXE, file named',
  dhcpBootServer: 'address and PXE, ask port 4011',
  proxyPxe: 'ProxyDHCP, file named',
  proxyBootServer: 'ProxyDHCP, ask port 4011',
  httpBoot: 'HTTP boot, URL named',
  useless: 'of no use to this node',
}

/** One thing that was found, a line or two about it, and what to do when it is not as it should be. */
interface Finding {
  readonly outcome: 'ok' | 'warning' | 'failure'
  readonly title: string
  readonly detail?: string
  readonly remedy?: string | undefined
}

/** Everything that was heard, who wins, and how the file came. */
export function showProbe(report: ProbeReport, theme: Theme, columns: number): string {
  const { as, mac, interface: nic, answers } = report
  const table = answers.length === 0 ? [] : [answersTable(answers, theme, columns), '']
  const findings = [choice(report), bootServer(report), file(report), comparison(report)]
  return [
    `${theme.bold(as)} ${mac} on ${nic}; no lease was taken`,
    '',
    ...table,
    ...findings.flatMap((found) => (found === undefined ? [] : [showFinding(found, theme, columns)])),
  ].join('\n')
}

function answersTable(answers: Answers, theme: Theme, columns: number): string {
  const rows = answers.map((answer) => [
    answer.chosen ? theme.symbols.pointer : ' ',
    answer.sender === answer.server ? answer.server : `${answer.server} by ${answer.sender}`,
    formatDuration(answer.afterMs),
    answer.dropped === null
      ? `${kindNames[answer.kind]}${answer.offeredAddress === null ? '' : ` ${answer.offeredAddress}`}`
      : `dropped by firmware: ${answer.dropped}`,
    escapeText(answer.file ?? ''),
  ])
  const titles = [
    { title: '' },
    { title: 'Server' },
    { title: 'After', align: 'right' as const },
    { title: 'Offers' },
  ]
  return renderTable({ columns: [...titles, { title: 'File', shrinks: true }], rows }, theme, columns)
}

function choice({ as, choice, answers, interface: nic }: ProbeReport): Finding {
  const { kind, server, why, screenCode } = choice
  const who = as === 'ipxe' ? 'iPXE' : 'firmware'
  if (kind !== 'none') return { outcome: 'ok', title: `${who} takes ${server}`, detail: why }
  const stops = screenCode === null ? 'the node finds nothing to boot' : `firmware stops with ${screenCode}`
  if (answers.length === 0)
    return {
      outcome: 'failure',
      title: `nobody answers on ${nic}: ${stops}`,
      detail: 'wanted: the site’s DHCP server and one PXE server; this NIC may be in another VLAN than they',
      remedy: explain(screenCode) ?? `ip -brief link show ${nic}`,
    }
  return { outcome: 'failure', title: stops, detail: why, remedy: explain(screenCode) }
}

function bootServer({ bootServer: asked }: ProbeReport): Finding | undefined {
  if (asked === null) return undefined
  const { server, answered, afterMs, file: name, screenCode } = asked
  const stops = screenCode === null ? '' : `: firmware stops with ${screenCode}`
  const remedy = explain(screenCode)
  if (!answered)
    return {
      outcome: 'failure',
      title: `boot server ${server} is silent${stops}`,
      detail: 'it was asked on UDP 4011: a firewall drops that, or no PXE server is there',
      remedy,
    }
  if (name === null)
    return { outcome: 'failure', title: `boot server ${server} names no file${stops}`, remedy }
  const detail = `${escapeText(name)}, after ${formatDuration(afterMs ?? 0)}`
  return { outcome: 'ok', title: `boot server ${server} names a file`, detail }
}

function file({ file: found }: ProbeReport): Finding | undefined {
  if (found === null) return undefined
  const name = escapeText(found.name)
  if (found.problem !== null)
    return {
      outcome: 'failure',
      title: `${name} does not come from ${found.server}`,
      detail: escapeText(found.problem),
      remedy: explain(found.screenCode),
    }
  if (!found.fetched || found.sizeBytes === null || found.durationMs === null)
    return { outcome: 'ok', title: `${name} was not fetched: --no-fetch` }
  const { sizeBytes, durationMs, blockBytes, windowSize, retries, sha256 } = found
  const rate = formatRate((sizeBytes * 1000) / Math.max(1, durationMs))
  const blocks = `, blocks of ${blockBytes} bytes, window ${windowSize}, ${retries} sent again`
  const speed = `${formatBytes(sizeBytes)} in ${formatDuration(durationMs)}, ${rate}${blockBytes === 0 ? '' : blocks}`
  return { outcome: 'ok', title: `${name} comes from ${found.server}`, detail: `${speed}\nsha256 ${sha256}` }
}

function comparison({ file: found }: ProbeReport): Finding | undefined {
  if (found === null || found.sameAsLocal === null) return undefined
  if (found.sameAsLocal) return { outcome: 'ok', title: 'it is the file stored here' }
  return {
    outcome: 'warning',
    title: 'it is not the file stored here',
    detail: `stored sha256 ${found.localSha256}`,
    remedy: 'emf-pxe status --only artifact --only self-test',
  }
}

function explain(screenCode: string | null): string | undefined {
  return screenCode === null ? undefined : `emf-pxe explain ${screenCode}`
}

/** A remedy is never wrapped: it is there to be pasted. */
function showFinding({ outcome, title, detail, remedy }: Finding, theme: Theme, columns: number): string {
  const style = outcome === 'ok' ? theme.dim : (text: string) => text
  const lines = detail === undefined ? [] : wrap(detail, columns - 5).map((line) => indent(style(line), 5))
  const [first = '', ...more] = wrap(title, columns - 3)
  return [
    ` ${mark(theme, outcome)} ${outcome === 'failure' ? theme.bold(first) : first}`,
    ...more.map((line) => indent(line, 3)),
    ...lines,
    ...(remedy === undefined ? [] : [`     ${theme.symbols.arrow} ${theme.accent(remedy)}`]),
  ].join('\n')
}
