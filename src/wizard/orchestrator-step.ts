import { resolve } from 'node:path'
import type { ConfigInput } from '../config/schema.ts'
import { configSchema } from '../config/schema.ts'
import { type CertificateFacts, normalFingerprint } from '../orchestrator/certificate.ts'
import { describeAttempts } from '../orchestrator/endpoints.ts'
import { type OpenedOrchestrator, openOrchestrator } from '../orchestrator/open.ts'
import type { TrustRung } from '../orchestrator/trust.ts'
import { untilItWorks } from './ask-again.ts'
import { aboutCertificate, askCaFile } from './certificate-question.ts'
import type { InitFlags } from './flags.ts'
import { done, warn } from './say.ts'
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
  const isAsked = flags.orchestrator === undefined && flags.artifactUrl === undefined
  const find = async () => open(await settingsFrom(flags, present, around), around)
  return isAsked ? await untilItWorks(around.ui, around.abort, find) : await find()
}

async function open(settings: OrchestratorInput, around: InitSurroundings): Promise<FoundOrchestrator> {
  const { ui, network, abort } = around
  const spinner = await ui.spinner(`Looking for ${settings.artifactUrl ?? settings.fqdn}`)
  let caFile: string | undefined
  const ask = async (certificate: CertificateFacts) => {
    spinner.stop()
    const answer = await aboutCertificate(certificate, around)
    if (answer === 'caFile') caFile = await askCaFile(around)
    return answer === 'yes'
  }
  try {
    const options = { ...network, signal: abort }
    const opened = await openOrchestrator(settings, options, ui.prompts.interactive ? ask : undefined)
    spinner.succeed(opened.endpoint.base)
    tellMore(opened, around)
    return { settings: withConfirmed(settings, opened), opened }
  } catch (error) {
    spinner.stop()
    if (caFile === undefined) throw error
    return await open({ ...settings, caFile }, around)
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
  system: 'Its certificate is trusted by this machine’s authorities',
  caFile: 'Its certificate is trusted through the CA file',
  rootDomain: 'Its certificate is trusted: the orchestrator’s own domain vouches for it',
  pinned: 'Its certificate is trusted by its fingerprint',
  confirmed: 'Its certificate is trusted: you confirmed its fingerprint',
}

function withConfirmed(settings: OrchestratorInput, { trust }: OpenedOrchestrator): OrchestratorInput {
  return trust.rung === 'confirmed' ? { ...settings, trustFingerprint: trust.peer.leaf.sha256 } : settings
}

function tellMore({ attempt, trust, endpoint }: OpenedOrchestrator, { ui }: InitSurroundings): void {
  done(ui, rungWords[trust.rung])
  for (const warning of trust.warnings) warn(ui, warning)
  // Untrusted was settled since; anything else may pass, and the download waits for it.
  if (attempt.outcome === 'answering') warn(ui, describeAttempts([{ ...attempt, endpoint }]).join('\n'))
}
