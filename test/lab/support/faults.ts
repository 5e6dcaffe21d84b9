import { appendFileSync, chmodSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildEfiImage } from '../../../src/demo/efi-image.ts'
import {
  atTheNode,
  command,
  configured,
  currentFile,
  dhcp,
  endpointFault,
  type Fault,
  inputRule,
  killHolder,
  mounted,
  nft,
  node,
  nothing,
  once,
  paste,
  pod,
  receipt,
  rival,
  stored,
  thief,
  tls,
  tokenFile,
  unplugged,
  unprivileged,
  withheld,
} from './fault-making.ts'
import { at, bootFile, fqdn } from './fault-site.ts'
import { firewalld, ufw } from './firewall-programs.ts'

/** Every fault: made for real, named by a check, and gone after its remedy. */
export const faults: readonly Fault[] = [
  // This machine
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
  // The network
  {
    name: 'a NIC switched off',
    check: 'nic-link',
    evidence: /e0 is switched off/,
    remedy: /^ip link set e0 up$/,
    make: command('ip link set e0 down', 'ip link set e0 up'),
    repair: paste,
  },
  { name: 'a cable out', check: 'nic-link', evidence: /e0 has no link/, make: unplugged },
  {
    name: 'a NIC that is not there',
    check: 'nic-link',
    evidence: /there is no NIC eth9; there is .*e0/,
    make: configured((config) => ({ ...config, interfaces: [{ name: 'eth9' }] })),
  },
  {
    name: 'an address that changed',
    check: 'nic-address',
    evidence: /no longer 10\.78\.0\.77, which is configured/,
    remedy: /^ip address add 10\.78\.0\.77\/24 dev e0$/,
    make: async (site) => {
      site.writeConfig({ ...site.config, interfaces: [{ name: 'e0', address: '10.78.0.77' }] })
      return async () => {
        site.writeConfig()
        await site.paste('ip address del 10.78.0.77/24 dev e0 2>/dev/null || true')
      }
    },
    repair: paste,
  },
  {
    name: 'an address that went',
    check: 'nic-address',
    evidence: /e0 has no IPv4 address/,
    make: command(
      'ip address del 10.78.0.5/24 dev e0',
      'ip address add 10.78.0.5/24 broadcast + dev e0 2>/dev/null',
    ),
  },
  {
    name: 'no DHCP server',
    check: 'site-dhcp',
    evidence: /nobody on e0 offers an address/,
    make: async (site) => {
      await site.stopDhcp()
      return once(() => site.startDhcp())
    },
  },
  {
    name: 'two DHCP servers',
    check: 'site-dhcp',
    outcome: 'warning',
    evidence: /2 DHCP servers/,
    make: rival('--dhcp-range=10.78.0.210,10.78.0.220,1h'),
  },
  {
    name: 'DHCP without a gateway',
    check: 'dhcp-options',
    evidence: /gives no gateway/,
    make: dhcp({ args: ['--dhcp-option=3'] }),
  },
  {
    name: 'DHCP without DNS',
    check: 'dhcp-options',
    evidence: /gives no DNS server/,
    make: dhcp({ args: ['--dhcp-option=6'] }),
  },
  {
    name: 'a DNS server that is not there',
    check: 'dhcp-dns',
    evidence: /DNS server 10\.78\.0\.3, which nodes get, did not answer/,
    make: dhcp({ args: [`--dhcp-option=6,${at.cloud}`] }),
  },
  {
    name: 'a DNS server that does not know the orchestrator',
    check: 'dhcp-dns',
    evidence: /does not know tinkerbell-haproxy\.edge\.faults\.test/,
    make: dhcp({ knowsOrchestrator: false }),
  },
  {
    name: 'a rival ProxyDHCP server',
    check: 'rival-proxy',
    outcome: 'warning',
    evidence: /10\.78\.0\.9.*answers nodes too/,
    make: rival('--dhcp-range=10.78.0.0,proxy', '--pxe-service=x86-64_EFI,rival,rival.efi'),
  },
  {
    name: 'DHCP with option 67',
    check: 'site-boot-options',
    outcome: 'warning',
    evidence: /other\.efi/,
    make: dhcp({ args: ['--dhcp-boot=other.efi'] }),
  },
  {
    name: 'DHCP with option 66',
    check: 'site-boot-options',
    outcome: 'warning',
    evidence: /10\.78\.0\.2 on e0 hands out TFTP server “10\.78\.0\.9” \(option 66\)$/,
    remedy: /Take options 60, 66 and 67 from the pool of 10\.78\.0\.2/,
    make: dhcp({ args: [`--dhcp-option=66,${at.rival}`] }),
  },
  {
    name: 'DHCP with option 60',
    check: 'site-boot-options',
    evidence: /option 60 “PXEClient”/,
    make: dhcp({ args: ['--dhcp-option-force=60,PXEClient', '--dhcp-boot=other.efi'] }),
  },
  {
    name: 'DHCP that speaks PXE itself',
    check: 'firmware-choice',
    evidence: /it would take 10\.78\.0\.2: the site’s DHCP server speaks PXE itself/,
    make: dhcp({
      args: [
        '--dhcp-option-force=60,PXEClient',
        '--dhcp-option-force=43,06:01:08:ff',
        '--dhcp-boot=other.efi',
      ],
    }),
  },
  // The boot file
  {
    name: 'a boot file that is gone',
    check: 'boot-file-present',
    evidence: /gone|previous|damaged|no boot file/,
    remedy: /emf-pxe fetch/,
    make: async (site) => {
      rmSync(join(site.stateDirectory, 'artifact'), { recursive: true })
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a corrupted boot file',
    check: 'boot-file-present',
    evidence: /damaged|SHA-256 is not/,
    remedy: /emf-pxe fetch/,
    make: async (site) => {
      appendFileSync(await currentFile(site), 'x')
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a boot file without a signature',
    check: 'boot-file-signature',
    evidence: /no Authenticode signature/,
    remedy: /emf-pxe fetch/,
    make: stored(({ orchestrator }) =>
      buildEfiImage({ sizeBytes: 90_000, script: '#!ipxe\n', trusted: [orchestrator.endpoint.der] }),
    ),
    repair: (site) => site.paste('emf-pxe fetch'),
  },
  {
    name: 'a boot file of another orchestrator',
    check: 'boot-file-script',
    evidence: /other\.example/,
    make: stored(({ db, orchestrator }) =>
      bootFile(db, orchestrator.endpoint, { host: 'tinkerbell-haproxy.other.example' }),
    ),
    repair: (site) => site.paste('emf-pxe fetch'),
  },
  {
    name: 'a certificate that was renewed',
    check: 'boot-file-trust',
    evidence: /trusts|embedded|certificate/,
    remedy: /emf-pxe fetch/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate()
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a newer boot file at the orchestrator',
    check: 'boot-file-current',
    outcome: 'warning',
    evidence: /the orchestrator has another one/,
    remedy: /emf-pxe fetch/,
    make: async ({ orchestrator, db }) => {
      orchestrator.setFile('signed_ipxe.efi', bootFile(db, orchestrator.endpoint, { seed: 7 }))
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a local boot file for another processor',
    check: 'local-boot-files',
    evidence: /arm64: .* is for/,
    make: configured((config) => ({ ...config, bootFiles: { arm64: '/boot/ipxe.efi' } })),
  },
  // The orchestrator
  {
    name: 'a name that DNS does not know',
    check: 'orchestrator-tls',
    evidence: /no DNS server gave an answer|DNS knows no such name/,
    make: dhcp({ knowsOrchestrator: false }),
  },
  {
    name: 'an orchestrator that is away',
    check: 'orchestrator-tls',
    evidence: /nothing listens on this port/,
    make: async (site) => {
      site.lan.exec(site.cloud, [
        'nft',
        'table inet away { chain in { type filter hook input priority 0; tcp dport { 443, 9443 } reject with tcp reset; }; }',
      ])
      return once(async () => site.lan.exec(site.cloud, ['nft', 'delete table inet away']))
    },
  },
  {
    name: 'nobody who vouches for the certificate',
    check: 'orchestrator-certificate',
    evidence: /self-signed|vouch|trust/i,
    make: configured((config) => ({ ...config, orchestrator: { fqdn } })),
  },
  {
    name: 'a certificate that ends next week',
    check: 'certificate-expiry',
    outcome: 'warning',
    evidence: /it ends on/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate({ validUntilMs: Date.now() + 5 * 86_400_000 })
      return once(() => orchestrator.rotateCertificate())
    },
  },
  {
    name: 'a certificate that has expired',
    check: 'orchestrator-certificate',
    evidence: /expired/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate({
        validFromMs: Date.now() - 9 * 86_400_000,
        validUntilMs: Date.now() - 86_400_000,
      })
      return once(() => orchestrator.rotateCertificate())
    },
  },
  {
    name: 'a certificate that iPXE cannot use',
    check: 'orchestrator-ipxe-tls',
    evidence: /has a key of kind EC secp521r1, which iPXE does not know; here it speaks TLSv1\.3/,
    remedy: /allow TLS 1\.2 with an RSA certificate/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate({ key: 'EC P-521' })
      return once(() => orchestrator.rotateCertificate())
    },
  },
  {
    name: 'an endpoint that speaks TLS 1.3 alone',
    check: 'orchestrator-ipxe-tls',
    evidence: /no TLS 1\.2 cipher in common with any iPXE; here it speaks TLSv1\.3/,
    make: tls({ minVersion: 'TLSv1.3' }),
  },
  {
    name: 'an endpoint whose only cipher iPXE lacks',
    check: 'orchestrator-ipxe-tls',
    evidence: /no TLS 1\.2 cipher.*here it speaks TLSv1\.2 ECDHE-RSA-CHACHA20-POLY1305/,
    make: tls({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-CHACHA20-POLY1305' }),
  },
  {
    name: 'no boot.ipxe',
    check: 'orchestrator-script',
    evidence: /404/,
    make: endpointFault('boot.ipxe', { kind: 'status', status: 404 }),
  },
  {
    name: 'a login page in the place of boot.ipxe',
    check: 'orchestrator-script',
    evidence: /a web page came/,
    make: endpointFault('boot.ipxe', { kind: 'webPage' }),
  },
  {
    name: 'no kernel',
    check: 'orchestrator-kernel',
    evidence: /vmlinuz-x86_64.*404/,
    make: endpointFault('vmlinuz-x86_64', { kind: 'status', status: 404 }),
  },
  {
    name: 'a rate limit',
    check: 'orchestrator-rate',
    outcome: 'warning',
    evidence: /429, come back in 30 s/,
    make: endpointFault('boot.ipxe', { kind: 'status', status: 429, headers: { 'retry-after': '30' } }),
  },
  {
    name: 'an expired token',
    check: 'orchestrator-token',
    outcome: 'warning',
    evidence: /expired/,
    make: tokenFile(({ orchestrator }, path) =>
      writeFileSync(path, orchestrator.issueToken({ lifetimeSeconds: -60 }), { mode: 0o600 }),
    ),
  },
  {
    name: 'a token that everybody can read',
    check: 'orchestrator-token',
    outcome: 'warning',
    evidence: /can be read by others/,
    remedy: /^chmod 600/,
    make: tokenFile(({ orchestrator }, path) => {
      writeFileSync(path, orchestrator.issueToken())
      chmodSync(path, 0o644)
    }),
    repair: paste,
  },
  {
    name: 'a token file that is not there',
    check: 'orchestrator-token',
    evidence: /cannot be read/,
    make: tokenFile(() => {}),
  },
  // The service
  {
    name: 'a service that is not running',
    check: 'service-running',
    evidence: /nobody here serves boots/,
    remedy: /^emf-pxe serve/,
    make: async (site) => {
      await site.stopService()
      return once(() => site.startService())
    },
  },
  {
    name: 'an installation that was cut short',
    check: 'service-installed',
    evidence: /cut short/,
    make: receipt((known) => ({ ...known, complete: false })),
  },
  {
    name: 'another version installed',
    check: 'service-version',
    outcome: 'warning',
    evidence: /0\.0\.1 is installed/,
    make: receipt((known) => ({ ...known, version: '0.0.1' })),
  },
  {
    name: 'a unit that was changed',
    check: 'service-drift',
    outcome: 'warning',
    evidence: /changed since: .*unit/,
    make: receipt((known) => known),
  },
  {
    name: 'a unit that is gone',
    check: 'service-drift',
    evidence: /gone: .*unit/,
    make: receipt((known, file) => {
      rmSync(file)
      return known
    }),
  },
  // Live
  {
    name: 'a service that still serves an older file',
    check: 'self-test',
    evidence: /the service delivers sha256/,
    make: async (site) => {
      site.orchestrator.setFile(
        'signed_ipxe.efi',
        await bootFile(site.db, site.orchestrator.endpoint, { seed: 11 }),
      )
      await site.paste('emf-pxe fetch')
      return nothing
    },
    repair: (site) => site.reloadService(),
  },
  // What boots tell
  {
    name: 'a legacy BIOS node that there is no file for',
    check: 'last-day',
    outcome: 'warning',
    evidence: /architecture-not-configured/,
    remedy: /bootFiles/,
    make: node((played) => played.boot('--as bios')),
    repair: async (site) => {
      site.writeConfig({ ...site.config, bootFiles: { bios: '/boot/ipxe.efi' } })
      await site.reloadService()
      await site.lastNode?.boot('--as bios')
      site.writeConfig()
    },
  },
  {
    name: 'a node that tries UEFI HTTP boot',
    check: 'last-day',
    outcome: 'warning',
    evidence: /http-boot-off/,
    remedy: /set the node to PXE/,
    make: node((played) => played.boot('--as http-x64')),
    repair: atTheNode(''),
  },
  {
    name: 'a node that ignores three offers',
    check: 'last-day',
    outcome: 'warning',
    evidence: /offers were sent.* and nothing was fetched/,
    remedy: /^emf-pxe probe/,
    make: node(async (played) => {
      await played.run(
        "nft 'table inet fw { chain out { type filter hook output priority 0; udp dport 4011 drop; }; }'",
      )
      for (let time = 0; time < 3; time++) await played.boot('--no-fetch')
    }),
    repair: atTheNode('nft delete table inet fw'),
  },
  {
    name: 'a firewall between node and server that knows nothing of data ports',
    check: 'last-day',
    outcome: 'warning',
    evidence: /never acknowledged: something drops UDP from our data ports/,
    remedy: /open UDP from the TFTP data ports/,
    make: node(async (played) => {
      await played.run(
        "nft 'table inet fw { chain in { type filter hook input priority 0; udp sport { 67, 69, 4011 } accept; meta l4proto udp drop; }; }'",
      )
      await played.boot()
      await played.givenUp()
    }),
    repair: atTheNode('nft delete table inet fw'),
  },
  {
    name: 'a cable pulled during a transfer',
    check: 'last-day',
    outcome: 'warning',
    evidence: /stopped acknowledging at block \d+/,
    make: node(async (played) => {
      await played.run(
        "nft 'table inet fw { chain in { type filter hook input priority 0; udp sport 1024-65535 udp sport != 4011 quota over 40 kbytes drop; }; }'",
      )
      await played.boot()
      await played.givenUp()
    }),
    repair: atTheNode('nft delete table inet fw'),
  },
  {
    name: 'a node that is told of a file that we do not have',
    check: 'last-day',
    outcome: 'warning',
    evidence: /grub\.efi.*is not served/,
    make: node(async (played) => {
      await played.boot('--no-fetch')
      await played.run(`curl -s --max-time 5 -o /dev/null tftp://${at.pxe}/grub.efi || true`)
    }),
    repair: atTheNode(''),
  },
]
