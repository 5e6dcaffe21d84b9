import { lookupThrough } from '../../orchestrator/lookup.ts'
import type { Answer } from '../../probe/discover.ts'
import { formatDuration } from '../../ui/units.ts'
import { type Check, type CheckResult, failed, ok, skipped, warning, worstOf } from '../check.ts'
import type { Facts, HeardOnNic } from '../facts.ts'

export const siteDhcp: Check = {
  id: 'site-dhcp',
  category: 'network',
  title: 'the site’s DHCP server answers nodes',
  dependsOn: ['nic-address'],
  run: (facts) =>
    onEachNic(facts, ({ nic, answers }) => {
      const [first] = addressed(answers)
      if (first === undefined)
        return failed(
          `nobody on ${nic} offers an address: nodes stop with PXE-E16 or PXE-E18`,
          `Start the site’s DHCP server, or give the network of ${nic} a pool; then see who answers:\nemf-pxe probe --interface ${nic}`,
        )
      const servers = [...new Set(addressed(answers).map(({ offer }) => offer.server))]
      const seen = `${nic}: ${servers.join(', ')} in ${formatDuration(first.afterMs)}`
      return servers.length === 1
        ? ok(seen)
        : warning(`${seen}: ${servers.length} DHCP servers`, `emf-pxe probe --interface ${nic}`)
    }),
}

/** iPXE needs both to reach the orchestrator. */
export const dhcpOptions: Check = {
  id: 'dhcp-options',
  category: 'network',
  title: 'the site’s DHCP server gives a gateway and DNS servers',
  dependsOn: ['site-dhcp'],
  run: (facts) =>
    onEachNic(facts, ({ nic, answers }) => {
      const results = addressed(answers).map(({ offer, routers, nameServers }) => {
        const lacking = [
          ...(routers.length === 0 ? ['a gateway (option 3)'] : []),
          ...(nameServers.length === 0 ? ['a DNS server (option 6)'] : []),
        ]
        return lacking.length === 0
          ? ok(`gateway ${routers[0]}, DNS ${nameServers.join(', ')}`)
          : failed(
              `${offer.server} on ${nic} gives no ${lacking.map((what) => what.replace('a ', '')).join(' and no ')}: iPXE cannot reach the orchestrator`,
              `Give the pool of ${offer.server} ${lacking.join(' and ')}.`,
            )
      })
      return worstOf(results)
    }),
}

/** Asked of exactly the servers that nodes are told. */
export const dhcpDns: Check = {
  id: 'dhcp-dns',
  category: 'network',
  title: 'the DNS servers that nodes get know the orchestrator',
  dependsOn: ['dhcp-options'],
  async run(facts) {
    const name = await orchestratorName(facts)
    if (name === undefined) return skipped('no orchestrator is configured')
    const heard = await facts.heard()
    const servers = [
      ...new Set(
        heard.flatMap(({ answers }) => addressed(answers).flatMap(({ nameServers }) => nameServers)),
      ),
    ]
    return worstOf(await Promise.all(servers.map((server) => askOne(server, name))))
  },
}

async function askOne(server: string, name: string): Promise<CheckResult> {
  try {
    const addresses = await lookupThrough([server])(name)
    return ok(`${server}: ${name} is ${addresses.join(', ')}`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer'
    const answered = ['ENOTFOUND', 'ENODATA', 'EREFUSED', 'ESERVFAIL'].includes(code)
    const why = answered ? `does not know ${name} (${code})` : `did not answer (${code})`
    return failed(
      `DNS server ${server}, which nodes get, ${why}`,
      `Add ${name} to DNS server ${server}, or let it ask one that knows the name; then:\nemf-pxe status --only dhcp-dns`,
    )
  }
}

/** The host that nodes will look up: the one that answered, or the newest of its names. */
async function orchestratorName(facts: Facts): Promise<string | undefined> {
  const { fqdn, artifactUrl } = (await facts.config()).orchestrator
  if (fqdn === undefined && artifactUrl === undefined) return undefined
  const search = await facts.endpointSearch().catch(() => undefined)
  const found = search?.chosen?.endpoint.destination.host
  return found ?? (artifactUrl === undefined ? `tinkerbell-haproxy.${fqdn}` : new URL(artifactUrl).hostname)
}

export function addressed(answers: readonly Answer[]): readonly Answer[] {
  return answers.filter(({ offeredAddress }) => offeredAddress !== undefined)
}

/** One result from all NICs; of none, a skip. */
export async function onEachNic(
  facts: Facts,
  look: (heard: HeardOnNic) => CheckResult,
): Promise<CheckResult> {
  const heard = await facts.heard()
  return heard.length === 0 ? skipped('no NIC to ask on') : worstOf(heard.map(look))
}
