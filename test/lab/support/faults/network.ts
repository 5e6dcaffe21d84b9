import { command, configured, dhcp, type Fault, once, paste, rival, unplugged } from '../fault-making.ts'
import { at } from '../fault-site.ts'

/** What is wrong on the network where nodes are. */
export const networkFaults: readonly Fault[] = [
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
    name: 'the address of our NIC that is in another network than the nodes',
    check: 'advertised-address',
    outcome: 'warning',
    evidence:
      /nodes get addresses such as 10\.78\.\S+ and are told 10\.79\.0\.1, though 10\.78\.0\.5 of the same NIC/,
    remedy: /interfaces: \[\{ name: e0, address: 10\.78\.0\.5 \}\]/,
    make: async (site) => {
      await site.paste('ip address add 10.79.0.1/16 dev e0')
      const interfaces = [{ name: 'e0', address: '10.79.0.1' }]
      const undo = await configured((config) => ({ ...config, interfaces }))(site)
      return async () => {
        await undo()
        await site.paste('ip address del 10.79.0.1/16 dev e0 2>/dev/null || true')
      }
    },
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
]
