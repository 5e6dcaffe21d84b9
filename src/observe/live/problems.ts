import { plural } from '../../ui/units.ts'
import type { ArtifactNews } from './site.ts'
import type { LiveBootFile, LiveInterface, LiveProblem, LiveService } from './snapshot.ts'

export interface SiteFacts {
  readonly interfaces: readonly LiveInterface[]
  readonly bootFiles: readonly LiveBootFile[]
  readonly news: ArtifactNews
  readonly state: LiveService['state']
  readonly nowMs: number
}

const dayMs = 86_400_000

/** What keeps nodes from booting (errors), or soon will (warnings); errors first. */
export function problemsOf(facts: SiteFacts, troubles: readonly string[]): LiveProblem[] {
  const problems = [
    ...facts.interfaces.flatMap(interfaceProblem),
    ...bootFileProblems(facts.bootFiles, facts.state),
    ...newsProblems(facts.news, facts.nowMs),
    ...troubles.map((sentence) => warning(sentence, 'df -h; then emf-pxe status')),
  ]
  return problems.sort((left, right) => rank[left.severity] - rank[right.severity])
}

const rank = { error: 0, warning: 1 } as const

const waitingFor = {
  missing: 'there is no such interface',
  down: 'its link is down',
  'no-ipv4': 'it has no IPv4 address',
} as const

function interfaceProblem({ name, state, detail = '' }: LiveInterface): LiveProblem[] {
  if (state === 'listening') return []
  if (state === 'failed') return [error(`${name}: ${detail}`, 'emf-pxe status')]
  const why = waitingFor[detail as keyof typeof waitingFor] ?? 'it is being opened'
  return [error(`${name}: nodes are not answered, ${why}`, `ip -brief address show ${name}`)]
}

function bootFileProblems(files: readonly LiveBootFile[], state: LiveService['state']): LiveProblem[] {
  if (files.length === 0 && state !== 'starting')
    return [
      error(
        'no boot file is configured',
        'set `orchestrator.fqdn` or `bootFiles` in the configuration, then: emf-pxe fetch',
      ),
    ]
  return files.flatMap(({ architecture, state: is, path, detail }) => {
    if (is === 'missing')
      return [
        error(
          `no boot file for ${architecture}, so such nodes are not answered (artifact-missing): ${path}: ${detail}`,
          'emf-pxe fetch   # a file of your own is served as soon as it lies there',
        ),
      ]
    if (detail === undefined) return []
    return [warning(`the boot file for ${architecture} could not be read again: ${detail}`, 'emf-pxe status')]
  })
}

function newsProblems(
  { refreshFailure, trustMismatch, certificateExpiresAtMs }: ArtifactNews,
  nowMs: number,
) {
  const problems: LiveProblem[] = []
  if (trustMismatch !== undefined)
    problems.push(
      error(
        `the boot file does not trust the certificate that the orchestrator serves (${trustMismatch.served.slice(0, 12)}): nodes will say "Unable to reach the edge orchestrator"`,
        'emf-pxe fetch',
      ),
    )
  if (certificateExpiresAtMs !== undefined) problems.push(expiryProblem(certificateExpiresAtMs, nowMs))
  if (refreshFailure !== undefined)
    problems.push(warning(`the boot file could not be refreshed: ${refreshFailure}`, 'emf-pxe fetch'))
  return problems
}

function expiryProblem(expiresAtMs: number, nowMs: number): LiveProblem {
  const remedy = 'ask the orchestrator’s administrator to renew it; then: emf-pxe fetch'
  const days = Math.floor((expiresAtMs - nowMs) / dayMs)
  if (days < 0) return error('the orchestrator’s certificate has expired', remedy)
  return warning(`the orchestrator’s certificate expires in ${plural(days, 'day')}`, remedy)
}

function error(sentence: string, remedy: string): LiveProblem {
  return { severity: 'error', sentence, remedy }
}

function warning(sentence: string, remedy: string): LiveProblem {
  return { severity: 'warning', sentence, remedy }
}
