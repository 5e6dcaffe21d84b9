import { parseDataPorts } from '../../config/data-ports.ts'
import type { Config } from '../../config/schema.ts'
import { type Culprit, judge } from '../../host/firewall/judge.ts'
import type { Passage } from '../../host/firewall/model.ts'
import type { FirewallFacts } from '../../host/firewall/read.ts'
import { openingCommand } from '../../host/firewall/remedy.ts'
import { escapeText } from '../../ui/text.ts'
import { type Check, type CheckResult, failed, ok, skipped, warning } from '../check.ts'

/** One kind of datagram that must pass; `opening` names the ports that a rule would open. */
interface Way {
  readonly what: string
  readonly passage: Omit<Passage, 'interface' | 'sourceAddress' | 'destinationAddress'>
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

function requestWays({ mode, ports, httpBoot }: Config): Way[] {
  return [
    ...(mode === 'proxy' ? [request('DHCP requests', 'udp', ports.dhcp, ports.dhcpClient)] : []),
    ...(mode === 'proxy' ? [request('questions to the boot server', 'udp', ports.bootServer)] : []),
    request('TFTP requests', 'udp', ports.tftp),
    ...(httpBoot.mode === 'local' ? [request('HTTP boot requests', 'tcp', httpBoot.port)] : []),
  ]
}

function request(what: string, protocol: 'udp' | 'tcp', destinationPort: number, sourcePort?: number): Way {
  const passage = { direction: 'input', connectionState: 'new', protocol, destinationPort } as const
  return {
    what: `${what} (${protocol.toUpperCase()} ${destinationPort})`,
    passage: { ...passage, sourcePort },
    opening: [String(destinationPort)],
  }
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
  const out = { direction: 'output', connectionState: 'new', protocol: 'udp' } as const
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
        protocol: 'udp',
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
  if (firewall.rulesets.length === 0)
    return skipped('neither nft nor iptables-save is here to read the rules, if there are any')
  const stops = nics.flatMap(({ name }) =>
    waysOf(config).flatMap((way) => judgeOne(firewall, name, way) ?? []),
  )
  if (stops.length > 0) {
    const result = stops.some(({ passes }) => passes === 'no') ? failed : warning
    return result(evidenceOf(stops), remedyFor(firewall, stops))
  }
  return ok(
    firewall.rulesets.every(({ chains }) => chains.length === 0)
      ? 'no rules'
      : `${firewall.manager === 'none' ? 'the rules' : firewall.manager} let them pass`,
  )
}

/** A way that is barred, on one NIC, and by what. */
interface Stop {
  readonly way: Way
  readonly nic: string
  readonly by: Culprit
  readonly passes: 'no' | 'maybe'
}

function judgeOne(firewall: FirewallFacts, nic: string, way: Way): Stop | undefined {
  const judgement = judge(firewall.rulesets, {
    ...way.passage,
    interface: nic,
    sourceAddress: undefined,
    destinationAddress: undefined,
  })
  return judgement.passes === 'yes' ? undefined : { way, nic, by: judgement.by, passes: judgement.passes }
}

/** What one rule stops is one sentence. */
function evidenceOf(stops: readonly Stop[]): string {
  const sentences = Map.groupBy(stops, ({ nic, by, passes }) => {
    return `on ${nic}: ${culprit(by)} ${passes === 'no' ? 'stops' : 'may stop'} them`
  })
  return [...sentences]
    .map(([sentence, those]) => `${those.map(({ way }) => way.what).join(', ')} ${sentence}`)
    .join('; ')
}

function culprit({ tool, table, chain, rule }: Culprit): string {
  const place = `${tool} ${table} ${chain}`
  return rule === undefined ? `the policy of ${place}` : `“${escapeText(rule)}” in ${place}`
}

/** One command for all ports that the same tool can open at once. */
function remedyFor({ manager }: FirewallFacts, stops: readonly Stop[]): string {
  const sameCommand = ({ way, nic, by }: Stop) => {
    const place = manager === 'none' || way.opening.length === 0 ? `${by.tool} ${by.table} ${by.chain}` : ''
    return `${nic} ${way.passage.protocol} ${way.opening.length > 0} ${place}`
  }
  const commands = [...Map.groupBy(stops, sameCommand).values()].flatMap((those) => {
    const [first] = those
    if (first === undefined) return []
    const { nic, by, way } = first
    const ports = those.flatMap(({ way: { opening } }) => opening)
    if (ports.length === 0) return [lettingOut(by, nic)]
    return [openingCommand(manager, by, { interface: nic, protocol: way.passage.protocol, ports })]
  })
  return commands.join('\n')
}

/** What keeps our own datagrams in is no port to open: a rule before the one that does. */
function lettingOut(by: Culprit, nic: string): string {
  if (by.tool === 'nftables')
    return `nft insert rule ${by.table} ${by.chain} oifname "${nic}" udp sport 67-65535 accept`
  const program = by.tool === 'iptables' ? 'iptables' : 'iptables-legacy'
  const table = by.table === 'filter' ? '' : `-t ${by.table} `
  return `${program} ${table}-I ${by.chain} -o ${nic} -p udp --sport 67:65535 -j ACCEPT`
}
