import { resolve } from 'node:path'
import type { ConfigInput } from '../config/schema.ts'
import { configSchema } from '../config/schema.ts'
import { type CertificateFacts, displayFingerprint, normalFingerprint } from '../orchestrator/certificate.ts'
import { describeAttempts } from '../orchestrator/endpoints.ts'
import { type OpenedOrchestrator, openOrchestrator } from '../orchestrator/open.ts'
import type { TrustRung } from '../orchestrator/trust.ts'
import { escapeText } from '../ui/text.ts'
import { formatTime } from '../ui/units.ts'
import type { InitFlags } from './flags.ts'
import type { InitSurroundings } from './surroundings.ts'

type OrchestratorInput = NonNullable<ConfigInput['orchestrator']>

export interface FoundOrchestrator {
  /** For the configuration: what was asked, and whom a person trusted. */
  readonly settings: OrchestratorInput
  readonly opened: OpenedOrchestrator
}

/**
 * Finds the provisioning endpoint and settles who vouches for it. A person is asked for the domain when
 * no flag names it, and for the certificate when nobody else vouches; `--yes` does not answer that.
 * @throws EmfPxeError ANSWER_MISSING, ENDPOINT_NOT_FOUND, TRUST_…, CERTIFICATE_…, …
 */
export async function orchestratorStep(
  flags: InitFlags,
  present: OrchestratorInput | undefined,
  around: InitSurroundings,
): Promise<FoundOrchestrator> {
  const settings = await settingsFrom(flags, present, around)
  const spinner = await around.ui.spinner(`Looking for ${settings.artifactUrl ?? settings.fqdn}`)
  const ask = around.ui.prompts.interactive
    ? async (certificate: CertificateFacts) => {
        spinner.stop()
        return await confirmCertificate(certificate, around)
      }
    : undefined
  try {
    const opened = await openOrchestrator(settings, { ...around.network, signal: around.abort }, ask)
    spinner.succeed(`${opened.endpoint.base} (${rungWords[opened.trust.rung]})`)
    tellMore(opened, around)
    return { settings: withConfirmed(settings, opened), opened }
  } catch (error) {
    spinner.stop()
    throw error
  }
}

async function settingsFrom(
  flags: InitFlags,
  present: OrchestratorInput | undefined,
  { ui }: InitSurroundings,
): Promise<OrchestratorInput> {
  const { artifactUrl, trustFingerprint } = flags
  const fqdn = flags.orchestrator ?? (artifactUrl === undefined ? await askDomain(present, ui) : undefined)
  // A person is not asked again for what was settled before for the same orchestrator.
  const isSame = ui.prompts.interactive && (fqdn ?? '') === (present?.fqdn ?? '')
  const kept = isSame ? present : undefined
  const caFile = flags.caFile === undefined ? kept?.caFile : resolve(flags.caFile)
  return {
    fqdn: fqdn?.trim().toLowerCase(),
    artifactUrl: artifactUrl ?? kept?.artifactUrl,
    caFile,
    trustFingerprint:
      trustFingerprint === undefined ? kept?.trustFingerprint : normalFingerprint(trustFingerprint),
  }
}

function askDomain(
  present: OrchestratorInput | undefined,
  { prompts }: InitSurroundings['ui'],
): Promise<string> {
  return prompts.input({
    message: 'Domain of the orchestrator:',
    flag: '--orchestrator FQDN (or --artifact-url URL)',
    ...(present?.fqdn === undefined ? {} : { initial: present.fqdn }),
    validate: (text) =>
      configSchema.shape.orchestrator.safeParse({ fqdn: text.trim() }).success ||
      'A domain such as edge.example.com',
  })
}

const rungWords: Readonly<Record<TrustRung, string>> = {
  system: 'trusted by this machine’s authorities',
  caFile: 'trusted through the CA file',
  rootDomain: 'trusted: the orchestrator’s own domain vouches for it',
  pinned: 'trusted by its fingerprint',
  confirmed: 'trusted: you confirmed its fingerprint',
}

/** Not a yes/no question: `--yes` must never answer it. */
async function confirmCertificate(
  { subject, key, sha256, validFromMs, validUntilMs }: CertificateFacts,
  { ui }: InitSurroundings,
): Promise<boolean> {
  ui.note(
    [
      `${ui.sideTheme.bold('Nobody vouches for the certificate of the provisioning endpoint.')}`,
      `  Subject      ${escapeText(subject)} (${key})`,
      `  Valid        ${formatTime(validFromMs)} to ${formatTime(validUntilMs)}`,
      `  SHA-256      ${displayFingerprint(sha256).slice(0, 47)}`,
      `               ${displayFingerprint(sha256).slice(48)}`,
      'Compare it with the orchestrator’s own:',
      '  openssl x509 -in Full_server.crt -noout -fingerprint -sha256',
      '',
    ].join('\n'),
  )
  return await ui.prompts.select({
    message: 'Is it the same?',
    flag: `--trust-fingerprint ${sha256}`,
    choices: [
      { value: false, name: 'No, or I cannot tell: stop here' },
      { value: true, name: 'Yes, I compared it: trust it' },
    ],
    initial: false,
  })
}

function withConfirmed(settings: OrchestratorInput, { trust }: OpenedOrchestrator): OrchestratorInput {
  return trust.rung === 'confirmed' ? { ...settings, trustFingerprint: trust.peer.leaf.sha256 } : settings
}

function tellMore({ attempt, trust, endpoint }: OpenedOrchestrator, { ui }: InitSurroundings): void {
  for (const warning of trust.warnings) ui.warn(warning)
  // Untrusted was settled since; anything else may pass, and the download waits for it.
  if (attempt.outcome === 'answering') ui.warn(describeAttempts([{ ...attempt, endpoint }]).join('\n'))
}
