import type { ConfigInput } from '../../config/schema.ts'
import type { DeployHost } from '../host.ts'

export type Firewall = 'nftables' | 'ufw' | 'firewalld'

/** Fact `firewall`: the one that is in force here; absent when none is, or nobody may look. */
export async function observeFirewall(host: DeployHost): Promise<[string, string][]> {
  const ask = async (words: readonly string[], pattern: RegExp) =>
    pattern.test((await host.run(words, { timeoutMs: 10_000 })).stdout)
  if (await ask(['firewall-cmd', '--state'], /^running/)) return [['firewall', 'firewalld']]
  if (await ask(['ufw', 'status'], /^Status: active/)) return [['firewall', 'ufw']]
  if (await ask(['nft', 'list', 'chains'], /hook input [^;]*; policy drop/)) return [['firewall', 'nftables']]
  return []
}

/**
 * Commands that let nodes in; offered, never run by themselves. The TFTP data ports need no rule
 * of their own on this machine: the server sends first from each, so that connection tracking
 * knows the answers. A firewall between the site's networks that keeps no state needs them
 * (`tftp.dataPorts`).
 */
export function firewallLines(
  firewall: Firewall,
  { interfaces, ports, httpBoot }: ConfigInput,
): readonly string[] {
  const udp = [ports?.dhcp ?? 67, ports?.tftp ?? 69, ports?.bootServer ?? 4011]
  const tcp = httpBoot?.mode === 'local' ? [httpBoot.port ?? 8069] : []
  const open = [...udp.map((port) => [port, 'udp'] as const), ...tcp.map((port) => [port, 'tcp'] as const)]
  const names = interfaces.map(({ name }) => name)
  if (firewall === 'ufw')
    return names.flatMap((name) =>
      open.map(([port, protocol]) => `ufw allow in on ${name} to any port ${port} proto ${protocol}`),
    )
  if (firewall === 'firewalld')
    return [
      ...open.map(([port, protocol]) => `firewall-cmd --permanent --add-port=${port}/${protocol}`),
      'firewall-cmd --reload',
    ]
  const quoted = names.map((name) => `"${name}"`).join(', ')
  return [
    `nft add rule inet filter input iifname { ${quoted} } udp dport { ${udp.join(', ')} } accept`,
    ...tcp.map((port) => `nft add rule inet filter input iifname { ${quoted} } tcp dport ${port} accept`),
  ]
}

export function firewallNotes(facts: ReadonlyMap<string, string>, config: ConfigInput): readonly string[] {
  const firewall = facts.get('firewall') as Firewall | undefined
  if (firewall === undefined) return []
  return [
    `${firewall} filters what reaches this machine. Nodes need these ports:`,
    ...firewallLines(firewall, config).map((line) => `  ${line}`),
  ]
}
