import type { Culprit } from './judge.ts'
import type { Ruleset } from './model.ts'

/** Who writes the rules of this machine; the remedy must go through it, or it is undone at the next start. */
export type FirewallManager = 'ufw' | 'firewalld' | 'none'

export function firewallManager(rulesets: readonly Ruleset[]): FirewallManager {
  const chains = rulesets.flatMap((ruleset) => ruleset.chains)
  if (chains.some(({ name }) => name.startsWith('ufw-user-'))) return 'ufw'
  if (chains.some(({ table, name }) => table.endsWith(' firewalld') || name === 'IN_public'))
    return 'firewalld'
  return 'none'
}

export interface Opening {
  readonly interface: string
  readonly protocol: 'udp' | 'tcp'
  /** Single ports, or ranges such as `40000-40099`. */
  readonly ports: readonly string[]
}

/** Commands to paste, that let requests to these ports in. */
export function openingCommand(
  manager: FirewallManager,
  by: Pick<Culprit, 'tool' | 'table' | 'chain'>,
  opening: Opening,
): string {
  const { interface: nic, protocol, ports } = opening
  if (manager === 'ufw') return ufw(opening)
  if (manager === 'firewalld') return firewalld(opening, by.chain)
  if (by.tool === 'nftables')
    return `nft insert rule ${by.table} ${by.chain} iifname "${nic}" ${protocol} dport { ${ports.join(', ')} } accept`
  const program = by.tool === 'iptables' ? 'iptables' : 'iptables-legacy'
  const table = by.table === 'filter' ? '' : `-t ${by.table} `
  const list = ports.map((port) => port.replace('-', ':')).join(',')
  return `${program} ${table}-I ${by.chain} -i ${nic} -p ${protocol} -m multiport --dports ${list} -j ACCEPT`
}

function ufw({ interface: nic, protocol, ports }: Opening): string {
  const list = ports.map((port) => port.replace('-', ':')).join(',')
  return `ufw allow in on ${nic} proto ${protocol} to any port ${list}`
}

function firewalld({ interface: nic, protocol, ports }: Opening, chain: string): string {
  const known = /^(?:filter_)?IN_([A-Za-z0-9-]+)$/.exec(chain)?.[1]
  const zone = known ?? `"$(firewall-cmd --get-zone-of-interface=${nic} || firewall-cmd --get-default-zone)"`
  const added = ports.map((port) => `--add-port=${port}/${protocol}`).join(' ')
  return `firewall-cmd --permanent --zone=${zone} ${added} && firewall-cmd --reload`
}
