import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lan } from './namespaces.ts'
import type { Need } from './needs.ts'

/** A site's DHCP server that nobody here wrote, for NIC `e0` of a namespace with the address 10.81.0.1/24. */
export interface DhcpServerProgram {
  readonly name: string
  readonly needs: readonly Need[]
  /** Writes what it reads into `directory`; returns the command line. */
  readonly prepare: (directory: string) => readonly string[]
  /** What it prints when it answers. */
  readonly ready: RegExp
}

const dnsmasq = (...options: string[]): DhcpServerProgram => ({
  name: ['dnsmasq', ...options].join(' '),
  needs: ['dnsmasq:dnsmasq-base'],
  prepare: (directory) => [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--port=0', '--log-facility=-'],
    ...[`--dhcp-leasefile=${join(directory, 'leases')}`, '--pid-file=', '--user=root', '--no-ping'],
    ...['--interface=e0', '--dhcp-authoritative', '--dhcp-range=10.81.0.100,10.81.0.200,1h', ...options],
  ],
  ready: /DHCP, (IP range|sockets bound)/,
})

const isc: DhcpServerProgram = {
  name: 'isc-dhcp-server',
  needs: ['/usr/sbin/dhcpd:isc-dhcp-server'],
  prepare: (directory) => {
    const [configuration, leases] = [join(directory, 'dhcpd.conf'), join(directory, 'leases')]
    writeFileSync(leases, '')
    writeFileSync(
      configuration,
      'authoritative;\nping-check false;\nsubnet 10.81.0.0 netmask 255.255.255.0 { range 10.81.0.100 10.81.0.200; }\n',
    )
    return ['/usr/sbin/dhcpd', '-4', '-f', '-d', '--no-pid', '-cf', configuration, '-lf', leases, 'e0']
  },
  ready: /Server starting service/,
}

const kea: DhcpServerProgram = {
  name: 'kea-dhcp4',
  needs: ['kea-dhcp4:kea-dhcp4-server'],
  prepare: (directory) => {
    const configuration = join(directory, 'kea.json')
    writeFileSync(configuration, JSON.stringify(keaConfiguration))
    const environment = [`KEA_LOCKFILE_DIR=none`, `KEA_PIDFILE_DIR=${directory}`]
    return ['env', ...environment, 'kea-dhcp4', '-c', configuration]
  },
  ready: /DHCP4_STARTED/,
}

const keaConfiguration = {
  Dhcp4: {
    'interfaces-config': { interfaces: ['e0'] },
    'lease-database': { type: 'memfile', persist: false },
    authoritative: true,
    subnet4: [{ subnet: '10.81.0.0/24', pools: [{ pool: '10.81.0.100 - 10.81.0.200' }] }],
    loggers: [{ name: 'kea-dhcp4', output_options: [{ output: 'stdout', flush: true }], severity: 'INFO' }],
  },
}

/** Those that leave room for another socket on port 67. */
export const sharingDhcpServers: readonly DhcpServerProgram[] = [
  dnsmasq('--bind-interfaces'),
  dnsmasq('--bind-dynamic'),
  isc,
  kea,
]

/** dnsmasq as Debian configures it: one socket on every address, which it shares with nobody. */
export const greedyDnsmasq = dnsmasq()

/** Starts the program; resolves when it answers, rejects with what it printed when it ends before. */
export async function startDhcpServer(
  lan: Lan,
  namespace: string,
  program: DhcpServerProgram,
): Promise<ChildProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-dhcp-'))
  const child = lan.spawn(namespace, program.prepare(directory))
  child.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  await printed(child, program)
  return child
}

function printed(child: ChildProcess, { name, ready }: DhcpServerProgram): Promise<void> {
  let output = ''
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code}: ${output}`)))
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        output += text
        if (ready.test(output)) resolve()
      })
  })
}
