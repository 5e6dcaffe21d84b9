import type { OfferKind } from '../node/offer.ts'
import { renderTable } from '../ui/table.ts'
import { escapeText } from '../ui/text.ts'
import { mark, type Theme } from '../ui/theme.ts'
import { formatBytes, formatDuration, formatRate } from '../ui/units.ts'
import type { ProbeReport } from './report.ts'

const kindNames: Readonly<Record<OfferKind, string>> = {
  dhcpOnly: 'address',
  dhcpPxe: 'address and PXE, file named',
  dhcpBootServer: 'address and PXE, ask port 4011',
  proxyPxe: 'ProxyDHCP, file named',
  proxyBootServer: 'ProxyDHCP, ask port 4011',
  useless: 'of no use to this node',
}

/** Everything that was heard, who wins, and how the file came. */
export function showProbe(report: ProbeReport, theme: Theme, columns: number): string {
  const { as, mac, interface: nic } = report
  return [
    `${theme.bold(as)} ${mac} on ${nic}; no lease was taken`,
    '',
    report.answers.length === 0
      ? `${mark(theme, 'failure')} nobody answered`
      : answersTable(report, theme, columns),
    '',
    ...choiceLines(report, theme),
    ...bootServerLines(report, theme),
    ...fileLines(report, theme),
  ].join('\n')
}

function answersTable({ answers }: ProbeReport, theme: Theme, columns: number): string {
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

function choiceLines({ choice }: ProbeReport, theme: Theme): string[] {
  if (choice.kind !== 'none') return [`${mark(theme, 'ok')} firmware takes ${choice.server}: ${choice.why}`]
  return [
    `${mark(theme, 'failure')} firmware stops with ${choice.screenCode}: ${choice.why}`,
    `  ${theme.symbols.arrow} ${theme.accent(`emf-pxe explain ${choice.screenCode}`)}`,
  ]
}

function bootServerLines({ bootServer }: ProbeReport, theme: Theme): string[] {
  if (bootServer === null) return []
  const { server, answered, afterMs, file } = bootServer
  if (!answered)
    return [
      `${mark(theme, 'failure')} boot server ${server} did not answer on UDP 4011: firmware stops with PXE-E18 or PXE-E55`,
    ]
  if (file === null)
    return [`${mark(theme, 'failure')} boot server ${server} names no file: firmware stops with PXE-E16`]
  return [
    `${mark(theme, 'ok')} boot server ${server} names ${escapeText(file)} after ${formatDuration(afterMs ?? 0)}`,
  ]
}

function fileLines({ file }: ProbeReport, theme: Theme): string[] {
  if (file === null) return []
  const name = escapeText(file.name)
  if (file.problem !== null)
    return [`${mark(theme, 'failure')} ${name} from ${file.server} did not come: ${escapeText(file.problem)}`]
  if (!file.fetched || file.sizeBytes === null || file.durationMs === null)
    return [`  ${name} was not fetched`]
  const rate = formatRate((file.sizeBytes * 1000) / Math.max(1, file.durationMs))
  const how =
    file.blockBytes === 0
      ? ''
      : `, blocks of ${file.blockBytes} bytes, window ${file.windowSize}, ${file.retries} sent again`
  const fetched = `${mark(theme, 'ok')} ${name} from ${file.server}: ${formatBytes(file.sizeBytes)} in ${formatDuration(file.durationMs)} (${rate}${how})`
  const sha256 = `sha256 ${file.sha256}`
  if (file.sameAsLocal === null) return [fetched, `  ${sha256}`]
  return [
    fetched,
    file.sameAsLocal
      ? `${mark(theme, 'ok')} it is the file stored here, ${sha256}`
      : `${mark(theme, 'warning')} it is not the file stored here, ${sha256}`,
  ]
}
