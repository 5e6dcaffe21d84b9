import { escapeText } from '../ui/text.ts'
import { mark, type Theme } from '../ui/theme.ts'
import { formatBytes } from '../ui/units.ts'
import type { Finding } from './assess/finding.ts'
import type { ArtifactReport } from './inspect/report.ts'
import type { SignatureReport } from './inspect/signature.ts'

/** What is in a boot file, and what is wrong with it, for a person. */
export function showReport(report: ArtifactReport, findings: readonly Finding[], theme: Theme): string {
  const rows: [string, string][] = [
    ['file', `${formatBytes(report.sizeBytes)}, sha256 ${report.sha256}`],
    ...imageRows(report),
    ...signatureRows(report),
    ...ipxeRows(report),
    ...servedRows(report),
  ]
  const facts = rows.map(([name, value]) => `${theme.dim(name.padEnd(12))} ${escapeText(value)}`)
  return [...facts, '', ...verdict(findings, theme)].join('\n')
}

function imageRows({ image, foreign }: ArtifactReport): [string, string][] {
  if (image === undefined) return [['kind', `not an EFI program: ${foreign ?? 'unknown'}`]]
  return [['kind', `${image.format} ${image.subsystem} for ${image.machine}`]]
}

function signatureRows({ authenticode }: ArtifactReport): [string, string][] {
  if (authenticode === undefined) return []
  if (authenticode.signatures.length === 0) return [['signature', 'none']]
  return authenticode.signatures.flatMap(signature)
}

function signature({ status, signer, trustedBy, detail }: SignatureReport): [string, string][] {
  const rows: [string, string][] = [
    ['signature', status === 'valid' ? 'valid for this very file' : `${status}: ${detail}`],
  ]
  if (signer !== undefined)
    rows.push([
      'signer',
      `${signer.subject}, valid ${day(signer.validFromMs)} to ${day(signer.validUntilMs)}`,
    ])
  if (trustedBy !== undefined) rows.push(['db', `vouched for by ${trustedBy}`])
  return rows
}

function ipxeRows({ ipxe }: ArtifactReport): [string, string][] {
  if (ipxe === undefined) return []
  const rows: [string, string][] = [
    ['iPXE', `${ipxe.version ?? 'version not found'}, ${ipxe.https ? 'with' : 'without'} HTTPS`],
  ]
  const urls = ipxe.scripts.flatMap((script) => script.urls)
  rows.push([
    'script',
    ipxe.scripts.length === 0
      ? 'none embedded'
      : `goes on to ${urls.join(', ') || 'nothing that can be made out'}`,
  ])
  for (const root of ipxe.trustedRoots ?? []) rows.push(['trusts', root])
  return rows
}

function servedRows({ served }: ArtifactReport): [string, string][] {
  if (served === undefined) return []
  return [
    ['endpoint', `${served.sha256}, valid until ${day(served.validUntilMs)}: ${served.trust} by this file`],
  ]
}

function verdict(findings: readonly Finding[], theme: Theme): string[] {
  if (findings.length === 0) return [`${mark(theme, 'ok')} nothing is wrong with it`]
  return findings.flatMap(({ severity, code, message, hint }) => [
    `${mark(theme, severity === 'error' ? 'failure' : 'warning')} ${message} ${theme.dim(`[${code}]`)}`,
    `    ${theme.symbols.arrow} ${hint}`,
  ])
}

function day(atMs: number): string {
  return Number.isFinite(atMs) ? new Date(atMs).toISOString().slice(0, 10) : 'unknown'
}
