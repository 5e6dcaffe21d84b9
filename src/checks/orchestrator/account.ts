import { readAuthorities } from '../../orchestrator/authorities.ts'
import { createHttpClient } from '../../orchestrator/http.ts'
import { orchestratorInfo } from '../../orchestrator/info.ts'
import { decodeToken, requireAlive } from '../../orchestrator/token.ts'
import { readToken } from '../../orchestrator/token-source.ts'
import { escapeText } from '../../ui/text.ts'
import { formatAge } from '../../ui/units.ts'
import { type Check, ok, skipped, warning } from '../check.ts'

const noToken = 'no token file is configured; booting needs none'

/** Only registration and upload need it, so an expired one is no failure of booting. */
export const token: Check = {
  id: 'orchestrator-token',
  category: 'orchestrator',
  title: 'the token can be used',
  dependsOn: ['configuration'],
  async run(facts) {
    const { tokenFile } = (await facts.config()).orchestrator
    if (tokenFile === undefined) return skipped(noToken)
    const { token, warnings } = await readToken({ kind: 'file', path: tokenFile })
    const known = decodeToken(token)
    const [first] = warnings
    const path = escapeText(tokenFile)
    try {
      requireAlive(known, facts.nowMs())
    } catch (error) {
      const remedy = `Sign in again, paste the new token and end with Ctrl-D:\n(umask 077; cat > ${path})`
      return warning(`${path}: ${error instanceof Error ? error.message : 'expired'}`, remedy)
    }
    if (first !== undefined) return warning(first, `chmod 600 ${path}`)
    const until =
      known.expiresAtMs === undefined
        ? 'without an end'
        : `ends ${formatAge(known.expiresAtMs, facts.nowMs())}`
    return ok(`${escapeText(known.user ?? 'a user')}, ${until}`)
  },
}

export const orchestratorVersion: Check = {
  id: 'orchestrator-version',
  category: 'orchestrator',
  title: 'the orchestrator tells its version and can onboard nodes',
  dependsOn: ['orchestrator-token', 'orchestrator-tls'],
  async run(facts) {
    const { tokenFile, fqdn, caFile } = (await facts.config()).orchestrator
    if (tokenFile === undefined || fqdn === undefined) return skipped(noToken)
    const { token } = await readToken({ kind: 'file', path: tokenFile })
    if ((decodeToken(token).expiresAtMs ?? Number.POSITIVE_INFINITY) < facts.nowMs())
      return skipped('the token has expired')
    const extraAuthorities = caFile === undefined ? [] : await readAuthorities(caFile)
    const client = createHttpClient({ ...(await facts.connectOptions()), trust: { extraAuthorities } })
    const info = await orchestratorInfo({ client, fqdn, token })
    if (info === undefined) return ok('a release before 2026.0')
    const onboarding = [...info.features].find(([name]) => name.endsWith('.onboarding'))
    const seen = escapeText(info.version ?? 'unknown version')
    return onboarding?.[1] === false
      ? warning(
          `${seen}, without onboarding: nodes boot, and are not taken in`,
          'Let the orchestrator’s administrator switch onboarding on.',
        )
      : ok(seen)
  },
}
