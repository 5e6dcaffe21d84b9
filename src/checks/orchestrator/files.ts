import type { HttpResponse } from '../../orchestrator/http.ts'
import { discard, expectStatus, readText, refuseWebPage } from '../../orchestrator/response.ts'
import { type EndpointFile, endpointFiles, endpointUrl } from '../../orchestrator/urls.ts'
import { escapeText } from '../../ui/text.ts'
import { formatBytes } from '../../ui/units.ts'
import { type Check, failed, ok, skipped, warning } from '../check.ts'
import type { Facts } from '../facts.ts'

/** What a node fetches next, and would stop without. */
export const bootScript: Check = {
  id: 'orchestrator-script',
  category: 'orchestrator',
  title: 'boot.ipxe, where nodes go on, can be fetched',
  dependsOn: ['orchestrator-certificate'],
  async run(facts) {
    const response = await first(facts, 'script')
    if (response === undefined) return skipped('no orchestrator is configured')
    const text = await readText(refuseWebPage(await expectStatus(response, 200, 206)))
    if (text.startsWith('#'))
      return ok(`${response.status === 206 ? 'its first bytes' : formatBytes(text.length)}`)
    return failed(`it begins with “${escapeText(text.slice(0, 30))}”, wanted #!ipxe`)
  },
}

export const microOs: Check = {
  id: 'orchestrator-kernel',
  category: 'orchestrator',
  title: 'kernel and initramfs of Micro-OS can be fetched',
  dependsOn: ['orchestrator-certificate'],
  async run(facts) {
    const { endpoint } = (await facts.endpointSearch()).chosen ?? {}
    if (endpoint === undefined || endpoint.isExplicit) return skipped('only the boot file’s address is known')
    const seen: string[] = []
    for (const file of ['kernel', 'initramfs'] as const) {
      const response = await first(facts, file)
      if (response === undefined) continue
      discard(refuseWebPage(await expectStatus(response, 200, 206)))
      seen.push(`${endpointFiles[file]} ${sizeOf(response)}`)
    }
    return ok(seen.join(', '))
  },
}

/** Many nodes behind one address share its limit. */
export const rateLimit: Check = {
  id: 'orchestrator-rate',
  category: 'orchestrator',
  title: 'the endpoint does not hold us off',
  dependsOn: ['orchestrator-certificate'],
  async run(facts) {
    const response = await first(facts, 'script')
    if (response === undefined) return skipped('no orchestrator is configured')
    discard(response)
    if (response.status !== 429 && response.status !== 503) return ok('no limit was met')
    const wait = response.headers['retry-after']
    return warning(
      `it answers ${response.status}${wait === undefined ? '' : `, come back in ${escapeText(wait)} s`}: nodes behind the same address are held off too`,
      'Let the orchestrator’s administrator raise the limit for this site’s address.',
    )
  },
}

/** The first byte: what a HEAD would tell, and servers answer it that refuse HEAD. */
async function first(facts: Facts, file: EndpointFile): Promise<HttpResponse | undefined> {
  const { chosen } = await facts.endpointSearch()
  if (chosen === undefined) return undefined
  const client = await facts.provisioning()
  return client.get(endpointUrl(chosen.endpoint, file), { headers: { range: 'bytes=0-5' } })
}

function sizeOf({ status, headers }: HttpResponse): string {
  const text = status === 206 ? headers['content-range']?.split('/')[1] : headers['content-length']
  return text === undefined || !/^\d+$/.test(text) ? 'of unknown size' : formatBytes(Number(text))
}
