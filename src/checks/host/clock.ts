import { createHttpClient } from '../../orchestrator/http.ts'
import { clockAheadMs, discard } from '../../orchestrator/response.ts'
import { formatDuration } from '../../ui/units.ts'
import { type Check, failed, ok, skipped, warning } from '../check.ts'

/** Logs of two machines can still be laid side by side. */
const tolerableMs = 2 * 60_000
/** Certificates and tokens of an hour begin to be refused. */
const harmfulMs = 30 * 60_000

export const clock: Check = {
  id: 'clock',
  category: 'host',
  title: 'this machine’s clock agrees with the orchestrator’s',
  dependsOn: ['orchestrator-tls'],
  async run(facts) {
    const { chosen } = await facts.endpointSearch()
    if (chosen?.peer === undefined) return skipped('no endpoint to compare with')
    const { leaf } = chosen.peer
    // A wrong clock makes any certificate look expired: for this question alone it is taken as it is.
    const withinDates = leaf.validFromMs + 1
    const client = createHttpClient({
      ...(await facts.connectOptions()),
      trust: { extraAuthorities: [], pinnedSha256: leaf.sha256 },
      nowMs: () => withinDates,
    })
    const response = await client.get(new URL('boot.ipxe', chosen.endpoint.base).href)
    discard(response)
    const aheadMs = clockAheadMs(response.headers, facts.nowMs())
    if (aheadMs === undefined) return skipped('the orchestrator’s answer has no date')
    const distance = Math.abs(aheadMs)
    const seen = `${formatDuration(distance)} ${aheadMs > 0 ? 'ahead' : 'behind'}`
    if (distance < tolerableMs) return ok(distance < 2000 ? 'to the second' : seen)
    const remedy = 'timedatectl set-ntp true'
    return distance < harmfulMs ? warning(seen, remedy) : failed(seen, remedy)
  },
}
