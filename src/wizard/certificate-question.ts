import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type CertificateFacts, displayFingerprint } from '../orchestrator/certificate.ts'
import { escapeText } from '../ui/text.ts'
import { formatTime } from '../ui/units.ts'
import type { InitSurroundings } from './surroundings.ts'

type Asker = Pick<InitSurroundings, 'ui'>

/** Shows a certificate that nobody vouches for. Not a yes/no question: `--yes` must never answer it. */
export async function aboutCertificate(
  { subject, key, sha256, validFromMs, validUntilMs }: CertificateFacts,
  { ui }: Asker,
): Promise<'no' | 'yes' | 'caFile'> {
  const fingerprint = displayFingerprint(sha256)
  ui.note(
    [
      ui.sideTheme.bold('Nobody vouches for the certificate of the provisioning endpoint.'),
      `  Subject   ${escapeText(subject)} (${key})`,
      `  Valid     ${formatTime(validFromMs)} to ${formatTime(validUntilMs)}`,
      `  SHA-256   ${fingerprint.slice(0, 47)}`,
      `            ${fingerprint.slice(48)}`,
      'Ask the orchestrator’s administrator, who compares it on the orchestrator:',
      '  openssl x509 -in Full_server.crt -noout -fingerprint -sha256',
      '',
    ].join('\n'),
  )
  return await ui.prompts.select({
    message: 'Is it the same?',
    flag: `--trust-fingerprint ${sha256}`,
    choices: [
      { value: 'no', name: 'No, or I cannot tell: stop here' },
      { value: 'caFile', name: 'I have the CA of the orchestrator’s certificate as a file' },
      { value: 'yes', name: 'Yes, I compared it: trust it' },
    ],
    initial: 'no',
  })
}

/** Absolute path of a PEM file. */
export async function askCaFile({ ui }: Asker): Promise<string> {
  const isFile = (path: string) => existsSync(path) || 'There is no such file.'
  return resolve(
    await ui.prompts.input({ message: 'CA file (PEM):', flag: '--ca-file FILE', validate: isFile }),
  )
}
