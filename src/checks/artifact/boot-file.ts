import { assess } from '../../artifact/assess/assess.ts'
import type { Finding } from '../../artifact/assess/finding.ts'
import type { ErrorCode } from '../../errors/catalog.ts'
import { EmfPxeError } from '../../errors/error.ts'
import { formatAge, formatBytes } from '../../ui/units.ts'
import { type Check, type CheckResult, failed, ok, skipped, warning } from '../check.ts'
import type { Facts } from '../facts.ts'

export const present: Check = {
  id: 'boot-file-present',
  category: 'artifact',
  title: 'the boot file is there and whole',
  dependsOn: ['configuration'],
  async run(facts) {
    if (!(await facts.usesArtifact())) return skipped(local)
    const stored = await facts.stored().catch(nothingStored)
    if ('outcome' in stored) return stored
    const { entry, isFallback } = stored
    const seen = `${formatBytes(entry.sizeBytes)}, sha256 ${entry.sha256.slice(0, 12)}…, fetched ${formatAge(entry.fetchedAtMs, facts.nowMs())}`
    return isFallback
      ? failed(`the current file is damaged, the one before is served: ${seen}`, 'emf-pxe fetch')
      : ok(seen)
  },
}

/** In the word of the log and of `nodes` for what comes of it. */
function nothingStored(error: unknown): CheckResult {
  if (!(error instanceof EmfPxeError) || error.code !== 'ARTIFACT_MISSING') throw error
  return failed(`${error.message} A service without it answers no node (artifact-missing).`, error.hint)
}

const local = 'x64 nodes get a local file'

/** One check for each kind of finding that the inspection makes; the rest of its codes stay with `fit`. */
export const assessments: readonly Check[] = [
  assessment('boot-file-fit', 'the boot file is an iPXE for x64 UEFI that can do HTTPS', [
    'ARTIFACT_NOT_EFI',
    'ARTIFACT_INCOMPLETE',
    'ARTIFACT_WRONG_ARCHITECTURE',
    'ARTIFACT_NO_HTTPS',
    'ARTIFACT_NO_SCRIPT',
    'LOGIN_PAGE',
  ]),
  assessment('boot-file-signature', 'its Secure Boot signature is good', [
    'ARTIFACT_UNSIGNED',
    'ARTIFACT_ALTERED',
    'ARTIFACT_SIGNATURE_INVALID',
    'ARTIFACT_SIGNER_UNKNOWN',
  ]),
  assessment('boot-file-script', 'its script goes on to the configured orchestrator', [
    'ARTIFACT_WRONG_ORCHESTRATOR',
  ]),
  assessment('boot-file-trust', 'it trusts the certificate that the endpoint shows', [
    'ARTIFACT_TRUST_MISMATCH',
    'ARTIFACT_CERTIFICATE_EXPIRED',
    'ARTIFACT_CERTIFICATE_EXPIRING',
  ]),
]

function assessment(id: string, title: string, codes: readonly ErrorCode[]): Check {
  return {
    id,
    category: 'artifact',
    title,
    dependsOn: ['boot-file-present'],
    async run(facts) {
      if (!(await facts.usesArtifact())) return skipped(local)
      const finding = (await findings(facts)).find(({ code }) => codes.includes(code))
      if (finding !== undefined) return toResult(finding)
      return seen(id, facts)
    },
  }
}

async function findings(facts: Facts): Promise<readonly Finding[]> {
  const { fqdn } = (await facts.config()).orchestrator
  return assess(await facts.report(), {
    architecture: 'x64',
    signature: fqdn === undefined ? 'optional' : 'required',
    fqdn,
    nowMs: facts.nowMs(),
  })
}

/** A stored file that is unfit was damaged or swapped here: the orchestrator's own is to be had. */
function toResult({ severity, message, hint, unfit }: Finding): CheckResult {
  if (unfit) return failed(message, 'emf-pxe fetch')
  return severity === 'error' ? failed(message, hint) : warning(message, hint)
}

/** What was found good. */
async function seen(id: string, facts: Facts): Promise<CheckResult> {
  const { authenticode, ipxe, served } = await facts.report()
  switch (id) {
    case 'boot-file-signature':
      return ok(authenticode?.signatures[0]?.signer?.subject ?? 'not signed, and none is wanted')
    case 'boot-file-script':
      return ok(ipxe?.scripts.flatMap(({ urls }) => urls)[0] ?? 'no script to follow')
    case 'boot-file-trust':
      if (served === undefined) return skipped('the endpoint shows no certificate to compare with')
      return served.trust === 'trusted'
        ? ok(served.subject)
        : skipped('the file does not tell what it trusts')
    default:
      return ok(
        ipxe === undefined
          ? 'an EFI program for x64 that is not recognised as iPXE'
          : `iPXE ${ipxe.version ?? 'of unknown version'}`,
      )
  }
}

/** A node must find what its architecture was promised. */
export const localFiles: Check = {
  id: 'local-boot-files',
  category: 'artifact',
  title: 'local boot files are there and fit their architecture',
  dependsOn: ['configuration'],
  async run(facts) {
    const { readLocalFile } = await import('./local-file.ts')
    const named = Object.entries((await facts.config()).bootFiles)
    if (named.length === 0) return skipped('none is configured')
    const problems: CheckResult[] = []
    for (const [architecture, path] of named) {
      if (path === undefined) continue
      const problem = await readLocalFile(architecture, path)
      if (problem !== undefined) problems.push(problem)
    }
    const [first] = problems
    return first ?? ok(named.map(([architecture]) => architecture).join(', '))
  },
}

const staleMs = 30 * 86_400_000

/** Asks with the validators of the stored file: nothing is downloaded. */
export const current: Check = {
  id: 'boot-file-current',
  category: 'artifact',
  title: 'the orchestrator has no newer boot file',
  dependsOn: ['boot-file-present', 'orchestrator-certificate'],
  async run(facts) {
    if (!(await facts.usesArtifact())) return skipped(local)
    const [{ entry }, { chosen }, client] = await Promise.all([
      facts.stored(),
      facts.endpointSearch(),
      facts.provisioning(),
    ])
    if (chosen === undefined) return skipped('no endpoint to compare with')
    const { discard, expectStatus } = await import('../../orchestrator/response.ts')
    const validators = {
      ...(entry.etag === undefined ? {} : { 'if-none-match': entry.etag }),
      ...(entry.lastModified === undefined ? {} : { 'if-modified-since': entry.lastModified }),
    }
    const response = await client.get(chosen.endpoint.artifactUrl, { headers: validators })
    discard(await expectStatus(response, 200, 304))
    const age = formatAge(entry.fetchedAtMs, facts.nowMs())
    if (response.status === 304) return ok(`the same as the orchestrator’s, fetched ${age}`)
    if (Object.keys(validators).length === 0) {
      const old = facts.nowMs() - entry.fetchedAtMs > staleMs
      return old
        ? warning(
            `fetched ${age}; the orchestrator does not tell whether it has a newer one`,
            'emf-pxe fetch',
          )
        : ok(`fetched ${age}`)
    }
    return warning(`fetched ${age}, the orchestrator has another one`, 'emf-pxe fetch')
  },
}
