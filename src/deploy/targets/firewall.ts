import { isInterfaceRule } from '../../config/interface-rules.ts'
import { type Config, type ConfigInput, configSchema } from '../../config/schema.ts'
import { type Culprit, judge } from '../../host/firewall/judge.ts'
import { type FirewallFacts, readFirewall } from '../../host/firewall/read.ts'
import { openingCommand } from '../../host/firewall/remedy.ts'
import type { RunProgram } from '../../host/run-program.ts'
import type { DeployHost } from '../host.ts'

/** Fact `firewall`: commands that let nodes in, one a line; absent when nothing keeps them out. */
export async function observeFirewall(host: DeployHost, config: ConfigInput): Promise<[string, string][]> {
  const lines = openingCommands(await readFirewall(throughHost(host)), configSchema.parse(config))
  return lines.length === 0 ? [] : [['firewall', lines.join('\n')]]
}

/** Offered, never run by ourselves: whose firewall it is, decides. */
export function firewallNotes(facts: ReadonlyMap<string, string>): readonly string[] {
  const commands = facts.get('firewall')
  if (commands === undefined) return []
  return [
    'This machine’s firewall keeps requests of nodes out. To let them in:',
    ...commands.split('\n').map((line) => `  ${line}`),
    '',
  ]
}

/**
 * The TFTP data ports need no rule of their own: the server sends first from each, so that
 * connection tracking knows the answers. `emf-pxe status` looks at those as well.
 */
function openingCommands({ rulesets, manager }: FirewallFacts, config: Config): readonly string[] {
  const { ports, httpBoot, mode, interfaces } = config
  const udp = mode === 'proxy' ? [ports.dhcp, ports.bootServer, ports.tftp] : [ports.tftp]
  const tcp = httpBoot.mode === 'local' ? [httpBoot.port] : []
  const ways = [
    { protocol: 'udp', ports: udp },
    { protocol: 'tcp', ports: tcp },
  ] as const
  const nics = interfaces.map(({ name }) => name).filter((name) => !isInterfaceRule(name))
  return nics.flatMap((nic) =>
    ways.flatMap(({ protocol, ports: wanted }) => {
      const closed = wanted.flatMap((port) => {
        const by = culprit({ rulesets }, nic, protocol, port)
        return by === undefined ? [] : [{ port, by }]
      })
      const [first] = closed
      const list = closed.map(({ port }) => String(port))
      return first === undefined
        ? []
        : [openingCommand(manager, first.by, { interface: nic, protocol, ports: list })]
    }),
  )
}

function culprit(
  { rulesets }: Pick<FirewallFacts, 'rulesets'>,
  nic: string,
  protocol: 'udp' | 'tcp',
  port: number,
): Culprit | undefined {
  const judgement = judge(rulesets, {
    direction: 'input',
    interface: nic,
    protocol,
    sourceAddress: undefined,
    destinationAddress: undefined,
    sourcePort: undefined,
    destinationPort: port,
    connectionState: 'new',
  })
  return judgement.passes === 'no' ? judgement.by : undefined
}

function throughHost(host: DeployHost): RunProgram {
  return async (name, args) => {
    const { exitCode, stdout, output } = await host.run([name, ...args], { timeoutMs: 10_000 })
    if (exitCode === 127) return { kind: 'missing' }
    return exitCode === 0 ? { kind: 'ok', stdout } : { kind: 'failed', problem: output }
  }
}
