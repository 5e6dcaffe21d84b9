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
import { proxyAnswer, warnOfProxyLogin } from './proxy-answer.ts'
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
  around: InitSurroundings,
): Promise<OrchestratorInput> {
  const { ui } = around
  const isGiven = flags.orchestrator !== undefined || flags.artifactUrl !== undefined
  const { fqdn, artifactUrl } = isGiven
    ? { fqdn: flags.orchestrator, artifactUrl: flags.artifactUrl }
    : placeOf(await askPlace(present, ui))
  // A person is not asked again for what was settled before for the same orchestrator.
  const isSame = ui.prompts.interactive && (fqdn ?? '') === (present?.fqdn ?? '')
  const kept = isSame ? present : undefined
  const { caFile = kept?.caFile, trustFingerprint = kept?.trustFingerprint } = flags
  const place = { fqdn: fqdn?.trim().toLowerCase(), artifactUrl: artifactUrl ?? kept?.artifactUrl }
  warnOfProxyLogin(flags, place, around)
  return {
    ...place,
    proxy: proxyAnswer(flags, place, around) ?? kept?.proxy,
    caFile: caFile === undefined ? undefined : resolve(caFile),
    trustFingerprint: trustFingerprint === undefined ? undefined : normalFingerprint(trustFingerprint),
  }
}

/** A domain, or the whole URL of a boot file: any HTTPS server will do. */
function placeOf(answer: string): Pick<OrchestratorInput, 'fqdn' | 'artifactUrl'> {
  const text = answer.trim()
  return text.startsWith('https://') ? { artifactUrl: text } : { fqdn: text.toLowerCase() }
}

function askPlace(
  present: OrchestratorInput | undefined,
  { prompts }: InitSurroundings['ui'],
): Promise<string> {
  const initial = present?.fqdn ?? present?.artifactUrl
  return prompts.input({
    message: 'Domain of the orchestrator:',
    flag: '--orchestrator FQDN (or --artifact-url URL)',
    ...(initial === undefined ? {} : { initial }),
    validate: (text) =>
      configSchema.shape.orchestrator.safeParse(placeOf(text)).success ||
      'A domain such as edge.example.com, or the https:// address of a boot file',
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
