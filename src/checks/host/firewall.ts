import { parseDataPorts } from '../../config/data-ports.ts'
import type { Config } from '../../config/schema.ts'
import { type Culprit, judge } from '../../host/firewall/judge.ts'
import type { Passage } from '../../host/firewall/model.ts'
import type { FirewallFacts } from '../../host/firewall/read.ts'
import { openingCommand } from '../../host/firewall/remedy.ts'
import type { NetworkInterface } from '../../net/interfaces.ts'
import { escapeText } from '../../ui/text.ts'
import { type Check, type CheckResult, failed, ok, skipped, warning, worstOf } from '../check.ts'

/** One kind of datagram that must pass; `opening` names the ports that a rule would open. */
interface Way {
  readonly what: string
  readonly passage: Pick<Passage, 'direction' | 'sourcePort' | 'destinationPort' | 'connectionState'>
  readonly opening: readonly string[]
}

export const firewallRequests: Check = {
  id: 'firewall-requests',
  category: 'host',
  title: 'this machine’s firewall lets nodes’ requests in',
  dependsOn: ['configuration'],
  run: (facts) => judgeAll(facts, (config) => requestWays(config)),
}

export const firewallTransfers: Check = {
  id: 'firewall-transfers',
  category: 'host',
  title: 'this machine’s firewall lets offers and transfers pass',
  dependsOn: ['configuration'],
  run: (facts) => judgeAll(facts, (config) => transferWays(config)),
}

function requestWays({ mode, ports }: Config): Way[] {
  const dhcp = [
    request('DHCP requests', ports.dhcp, ports.dhcpClient),
    request('questions to the boot server', ports.bootServer, undefined),
  ]
  return [...(mode === 'proxy' ? dhcp : []), request('TFTP requests', ports.tftp, undefined)]
}

function request(what: string, port: number, sourcePort: number | undefined): Way {
  const passage = { direction: 'input', sourcePort, destinationPort: port, connectionState: 'new' } as const
  return { what: `${what} (UDP ${port})`, passage, opening: [String(port)] }
}

/** Acknowledgements answer what we sent, so connection tracking helps where a rule asks it. */
function transferWays({ ports, tftp }: Config): Way[] {
  const data = parseDataPorts(tftp.dataPorts)
  const dataPort = data?.kind === 'range' ? data.first : data?.kind === 'single' ? ports.tftp : 49_152
  const opening =
    data?.kind === 'range'
      ? [tftp.dataPorts]
      : data?.kind === 'single'
        ? [String(ports.tftp)]
        : ['32768-60999']
  const out = { direction: 'output', connectionState: 'new' } as const
  return [
    {
      what: `offers (from UDP ${ports.dhcp} to ${ports.dhcpClient})`,
      passage: { ...out, sourcePort: ports.dhcp, destinationPort: ports.dhcpClient },
      opening: [],
    },
    {
      what: `TFTP data (from UDP ${opening.join()})`,
      passage: { ...out, sourcePort: dataPort, destinationPort: 2000 },
      opening: [],
    },
    {
      what: `TFTP acknowledgements (to UDP ${opening.join()})`,
      passage: {
        direction: 'input',
        sourcePort: 2000,
        destinationPort: dataPort,
        connectionState: 'established',
      },
      opening,
    },
  ]
}

async function judgeAll(
  facts: Parameters<Check['run']>[0],
  waysOf: (config: Config) => Way[],
): Promise<CheckResult> {
  const [config, firewall, nics] = await Promise.all([facts.config(), facts.firewall(), facts.servedNics()])
  const [unreadable] = firewall.unreadable
  if (unreadable !== undefined) return skipped(`needs root: ${escapeText(unreadable)}`)
  const results = nics.flatMap((nic) => waysOf(config).map((way) => judgeOne(firewall, nic, way)))
  const bad = results.filter(({ outcome }) => outcome !== 'ok')
  if (bad.length > 0) return worstOf(bad)
  return ok(
    firewall.rulesets.every(({ chains }) => chains.length === 0)
      ? 'no rules'
      : `${firewall.manager === 'none' ? 'the rules' : firewall.manager} let them pass`,
  )
}

function judgeOne(
  firewall: FirewallFacts,
  nic: NetworkInterface,
  { what, passage, opening }: Way,
): CheckResult {
  const judgement = judge(firewall.rulesets, {
    ...passage,
    interface: nic.name,
    protocol: 'udp',
    sourceAddress: undefined,
    destinationAddress: undefined,
  })
  if (judgement.passes === 'yes') return ok(what)
  const { by } = judgement
  const sentence = `${what} on ${nic.name}: ${culprit(by)}`
  const remedy = remedyFor(firewall, by, nic.name, opening)
  if (judgement.passes === 'maybe') return warning(`${sentence} may stop them`, remedy)
  return failed(`${sentence} stops them`, remedy)
}

function culprit({ tool, table, chain, rule }: Culprit): string {
  const place = `${tool} ${table} ${chain}`
  return rule === undefined ? `the policy of ${place}` : `“${escapeText(rule)}” in ${place}`
}

/** Requests are let in by a rule before; what keeps our own datagrams in is for its owner to take away. */
function remedyFor(firewall: FirewallFacts, by: Culprit, nic: string, opening: readonly string[]): string {
  if (opening.length > 0)
    return openingCommand(firewall.manager, by, { interface: nic, protocol: 'udp', ports: opening })
  if (by.tool === 'nftables')
    return `nft insert rule ${by.table} ${by.chain} oifname "${nic}" udp sport 67-65535 accept`
  const program = by.tool === 'iptables' ? 'iptables' : 'iptables-legacy'
  const table = by.table === 'filter' ? '' : `-t ${by.table} `
  return `${program} ${table}-I ${by.chain} -o ${nic} -p udp --sport 67:65535 -j ACCEPT`
}
