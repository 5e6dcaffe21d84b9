import { rmSync } from 'node:fs'
import {
  command,
  configured,
  endpointFault,
  type Fault,
  inputRule,
  killHolder,
  mounted,
  nft,
  paste,
  pod,
  thief,
  unprivileged,
  withheld,
} from '../fault-making.ts'
import { at } from '../fault-site.ts'
import { firewalld, ufw } from '../firewall-programs.ts'

/** What is wrong with this machine. */
export const machineFaults: readonly Fault[] = [
  {
    name: 'a misspelt field in the configuration',
    check: 'configuration',
    evidence: /interfcaes/,
    make: configured(({ interfaces, ...rest }) => ({ interfcaes: interfaces, ...rest })),
  },
  {
    name: 'no configuration',
    check: 'configuration',
    evidence: /config\.yaml/,
    make: async (site) => {
      rmSync(site.configFile)
      return async () => site.writeConfig()
    },
  },
  {
    name: 'a pod on a network of its own',
    check: 'container-network',
    evidence: /kubernetes container has a network of its own, e0 \(10\.78\.0\.5\)/,
    remedy: /hostNetwork: true/,
    make: pod,
  },
  {
    name: 'a service whose right to open ports was taken away',
    check: 'privileges',
    outcome: 'warning',
    evidence: /root, ports from 1024 on: it holds its ports, but may not open UDP 67, 69 again/,
    remedy: /^setcap cap_net_bind_service=\+ep/,
    make: unprivileged,
  },
  {
    name: 'a container that withholds the right to open ports',
    check: 'privileges',
    evidence: /CAP_NET_BIND_SERVICE is withheld.*UDP 67, 69 here/,
    remedy: /--cap-add NET_BIND_SERVICE/,
    make: withheld,
  },
  {
    name: 'UDP 67 taken by another program',
    check: 'port-dhcp',
    evidence: /67 .*socat \(pid \d+/,
    remedy: /kill \d+/,
    make: thief(67, '0.0.0.0'),
    repair: killHolder,
  },
  {
    name: 'UDP 69 taken',
    check: 'port-tftp',
    evidence: /69 .*socat \(pid \d+/,
    make: thief(69, '0.0.0.0'),
    repair: killHolder,
  },
  {
    name: 'UDP 4011 taken',
    check: 'port-boot-server',
    evidence: /4011 .*socat \(pid \d+/,
    make: thief(4011, at.pxe),
    repair: killHolder,
  },
  {
    name: 'nft drops UDP 67',
    check: 'firewall-requests',
    evidence: /DHCP requests \(UDP 67\) on e0: .*dport 67/,
    remedy: /^nft insert rule/,
    make: inputRule('udp dport 67 drop'),
    repair: paste,
  },
  {
    name: 'nft drops UDP 69',
    check: 'firewall-requests',
    evidence: /TFTP requests \(UDP 69\)/,
    make: inputRule('udp dport 69 drop'),
    repair: paste,
  },
  {
    name: 'nft rejects UDP 4011',
    check: 'firewall-requests',
    evidence: /boot server \(UDP 4011\)/,
    make: inputRule('iifname "e0" udp dport 4011 reject'),
    repair: paste,
  },
  {
    name: 'nft lets nothing in that is not allowed',
    check: 'firewall-requests',
    evidence: /the policy of nftables inet fault in/,
    make: inputRule('ct state established accept', 'drop'),
    repair: paste,
  },
  {
    name: 'iptables drops UDP 69',
    check: 'firewall-requests',
    evidence: /iptables filter INPUT/,
    remedy: /^iptables -I INPUT/,
    make: command('iptables -A INPUT -p udp --dport 69 -j DROP', 'iptables -F INPUT'),
    repair: paste,
  },
  {
    name: 'nft drops the port of HTTP boot',
    check: 'firewall-requests',
    evidence: /HTTP boot requests \(TCP 8069\) on e0/,
    remedy: /tcp dport \{ 8069 \} accept$/,
    make: async (site) => {
      site.writeConfig({ ...site.config, httpBoot: { mode: 'local' } })
      const undo = await inputRule('tcp dport 8069 drop')(site)
      return async () => {
        site.writeConfig()
        await undo()
      }
    },
    repair: paste,
  },
  {
    name: 'ufw as it comes',
    check: 'firewall-requests',
    evidence: /UDP 4011\), TFTP requests \(UDP 69\) on e0: the policy of iptables filter INPUT stops them/,
    remedy: /^ufw allow in on e0 proto udp to any port 67,4011,69$/,
    make: ufw,
    repair: paste,
  },
  {
    name: 'firewalld as it comes',
    check: 'firewall-requests',
    evidence: /nftables inet firewalld filter_IN_public stops them/,
    remedy: /^firewall-cmd --permanent --zone=public --add-port=67\/udp .* && firewall-cmd --reload$/,
    make: firewalld,
    repair: paste,
  },
  {
    name: 'nft lets requests in, and nothing to the data ports',
    check: 'firewall-transfers',
    evidence: /acknowledgements/,
    make: inputRule('udp dport { 67, 69, 4011 } accept', 'drop'),
    repair: paste,
  },
  {
    name: 'nft lets no offer out',
    check: 'firewall-transfers',
    evidence: /offers \(from UDP 67 to 68\)/,
    make: nft(
      'table inet fault { chain out { type filter hook output priority 0; policy accept; udp dport 68 drop; }; }',
    ),
    repair: paste,
  },
  {
    name: 'strict reverse path filtering, and a second NIC in the same network',
    check: 'reverse-path',
    evidence: /e0: strict, and answers to its network leave by e9/,
    remedy: /^sysctl -w/,
    make: async (site) => {
      site.lan.plug(site.pxe, 'e9')
      await site.paste('sysctl -qw net.ipv4.conf.e0.rp_filter=1 && ip route add 10.78.0.0/25 dev e9')
      return () => site.paste('ip link del e9 2>/dev/null; sysctl -qw net.ipv4.conf.e0.rp_filter=0')
    },
    repair: paste,
  },
  {
    name: 'a clock two hours off',
    check: 'clock',
    evidence: /h.* ahead/,
    remedy: /timedatectl/,
    make: endpointFault('boot.ipxe', {
      kind: 'status',
      status: 200,
      headers: { date: new Date(Date.now() - 2 * 3_600_000).toUTCString() },
      body: '#!ipxe\n',
    }),
  },
  {
    name: 'a clock ten minutes off',
    check: 'clock',
    outcome: 'warning',
    evidence: /behind/,
    make: endpointFault('boot.ipxe', {
      kind: 'status',
      status: 200,
      headers: { date: new Date(Date.now() + 10 * 60_000).toUTCString() },
      body: '#!ipxe\n',
    }),
  },
  { name: 'a full disk', check: 'state-directory', evidence: /free for/, make: mounted('size=4m') },
  {
    name: 'a file system that became read-only',
    check: 'state-directory',
    evidence: /cannot be written/,
    remedy: /^mount -o remount,rw/,
    make: mounted('size=400m,ro'),
    repair: (site, remedy) => site.pasteHere(remedy),
  },
]
