import { startProcess } from '../../../src/cli/process.ts'
import type { Answerer } from '../../../src/wizard/listen.ts'
import { nic, tableWith } from './table.ts'

/**
 * The program as a process, on a machine with these NICs, with an orchestrator on a loopback port:
 * `node program.ts PORT init …`. Its site has a DHCP server on eth1 and a rival on eth2.
 */
const [port = '', ...argv] = process.argv.slice(2)
const dhcp: Answerer = {
  kind: 'dhcpOnly',
  server: '10.77.0.2',
  offered: '10.77.0.101',
  bootFile: undefined,
  isThisMachine: false,
}
const rival: Answerer = {
  ...dhcp,
  kind: 'proxyPxe',
  server: '10.78.0.9',
  offered: undefined,
  bootFile: 'boot.efi',
}
const nobody = { kind: 'none', screenCode: 'PXE-E16', why: 'nobody says what to boot' } as const
const answerers: Readonly<Record<string, readonly Answerer[]>> = { eth1: [dhcp], eth2: [dhcp, rival] }

const table = tableWith({
  network: {
    environment: {},
    lookup: async () => ['127.0.0.1'],
    connectTo: () => ({ host: '127.0.0.1', port: Number(port) }),
  },
  readNics: () => [
    nic('docker0', { kind: 'docker' }),
    nic('eth0', { hasDefaultRoute: true, addresses: [{ address: '192.0.2.2', prefixLength: 24 }] }),
    nic('eth1'),
    nic('eth2', { addresses: [{ address: '10.78.0.5', prefixLength: 24 }], speedMbps: 100 }),
    nic('eth3', { running: false }),
    nic('lo', { kind: 'loopback', addresses: [{ address: '127.0.0.1', prefixLength: 8 }] }),
    nic('wlan0', { kind: 'wireless', addresses: [{ address: '192.0.2.77', prefixLength: 24 }] }),
  ],
  introduce: async () => ({ summary: 'site-server, Debian GNU/Linux 12', leasedNics: new Set(['eth0']) }),
  listen: async ({ name }) => ({ answerers: answerers[name] ?? [], choice: nobody }),
})

await startProcess(table, argv)
