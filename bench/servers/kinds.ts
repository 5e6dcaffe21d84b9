import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { ConfigInput } from '../../src/config/schema.ts'
import type { ServerKind } from './server.ts'

const root = join(import.meta.dirname, '../..')
const binary = join(root, 'dist/emf-pxe')
const fileName = 'ipxe.efi'

/** emf-pxe: the built binary when there is one, else from source. */
const emfPxe: ServerKind = {
  name: 'emf-pxe',
  settings: existsSync(binary) ? 'dist/emf-pxe, defaults' : 'from source, defaults',
  needs: [],
  command: (directory) => {
    const config: ConfigInput = {
      interfaces: [{ name: 'lo', address: '127.0.0.1' }],
      bootFiles: { x64: join(directory, fileName) },
    }
    const file = join(directory, 'config.yaml')
    writeFileSync(file, stringify(config))
    const program = existsSync(binary)
      ? [binary]
      : [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'bin/run.ts')]
    return [
      ...program,
      'serve',
      '--config',
      file,
      '--state-dir',
      join(directory, 'state'),
      '--log-level',
      'warning',
    ]
  },
}

function dnsmasq(name: string, settings: string, args: readonly string[]): ServerKind {
  return {
    name,
    settings,
    needs: ['dnsmasq:dnsmasq-base'],
    command: (directory) => [
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--port=0',
      '--user=root',
      `--pid-file=${directory}/dnsmasq.pid`,
      '--enable-tftp',
      `--tftp-root=${directory}`,
      '--listen-address=127.0.0.1',
      '--bind-interfaces',
      ...args,
    ],
  }
}

/** As the orchestrator's own chart configures it. */
const dnsmasqOfChart = dnsmasq('dnsmasq (EMF chart)', '512-byte blocks, ports 40000-40049', [
  '--tftp-no-blocksize',
  '--tftp-port-range=40000,40049',
])

const dnsmasqAtBest = dnsmasq('dnsmasq (at best)', 'blksize on, tftp-max 8192', ['--tftp-max=8192'])

const peers = process.env.EMF_PXE_BENCH_PEERS ?? '/var/cache/emf-pxe-lab/tftp-servers'

const tftpdHpa: ServerKind = {
  name: 'tftpd-hpa',
  settings: 'defaults',
  needs: [`${peers}/tftpd-hpa/usr/sbin/in.tftpd:tftpd-hpa`],
  command: (directory) => [
    `${peers}/tftpd-hpa/usr/sbin/in.tftpd`,
    '-L',
    '-4',
    '-u',
    'root',
    '-a',
    '127.0.0.1:69',
    '-s',
    directory,
  ],
}

const atftpd: ServerKind = {
  name: 'atftpd',
  settings: '--maxthread 10000',
  needs: [`${peers}/atftpd/usr/sbin/atftpd:atftpd`],
  command: (directory) => [
    `${peers}/atftpd/usr/sbin/atftpd`,
    '--daemon',
    '--no-fork',
    '--user',
    'root.root',
    '--bind-address',
    '127.0.0.1',
    '--maxthread',
    '10000',
    directory,
  ],
}

export const serverKinds: readonly ServerKind[] = [emfPxe, dnsmasqOfChart, dnsmasqAtBest, tftpdHpa, atftpd]
