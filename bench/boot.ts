import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import type { ConfigInput } from '../src/config/schema.ts'
import { fillerFile } from '../src/demo/micro-os.ts'
import { startSiteDhcp } from '../test/lab/support/dnsmasq.ts'
import { Lan } from '../test/support/namespaces.ts'
import { missing } from '../test/support/needs.ts'

/**
 * `npm run bench:boot [-- --runs N]`: from DISCOVER to the last TFTP byte, for one edk2-like node with
 * edk2's waiting times, beside a site DHCP server, in namespaces; every PXE server in the same run.
 */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '5' } } })
const problem = missing('namespaces', 'dnsmasq:dnsmasq-base')
if (problem !== false) {
  console.error(`the benchmark ${problem}`)
  process.exit(5)
}

const root = join(import.meta.dirname, '..')
const node = [process.execPath, '--disable-warning=ExperimentalWarning']
const addresses = { dhcp: '10.78.0.2', pxe: '10.78.0.5', network: '10.78.0.0' } as const
const fileBytes = 1_080_320

interface PxeServer {
  readonly name: string
  readonly command: (directory: string) => readonly string[]
}

const dnsmasq = (name: string, args: readonly string[]): PxeServer => ({
  name,
  command: (directory) => [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--user=root', '--port=0'],
    ...['--interface=e0', '--bind-interfaces', `--dhcp-range=${addresses.network},proxy`],
    ...['--enable-tftp', `--tftp-root=${directory}`, '--pxe-service=x86-64_EFI,boot,ipxe.efi', ...args],
  ],
})

const servers: readonly PxeServer[] = [
  { name: 'emf-pxe', command: emfPxe },
  dnsmasq('dnsmasq (EMF chart)', ['--tftp-no-blocksize', '--tftp-port-range=40000,40049']),
  dnsmasq('dnsmasq (at best)', ['--tftp-max=8192']),
]

const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-bench-boot-'))
try {
  writeFileSync(join(directory, 'ipxe.efi'), fillerFile('bench', fileBytes))
  const medians = new Map<string, Medians>()
  for (const server of servers) medians.set(server.name, await measure(server))
  report(medians)
} finally {
  rmSync(directory, { recursive: true, force: true })
}

interface Medians {
  readonly totalMs: number
  readonly fetchMs: number
  readonly askedBootServer: boolean
}

async function measure(server: PxeServer): Promise<Medians> {
  const lan = new Lan()
  try {
    const dhcp = lan.addHost('dhcp', `${addresses.dhcp}/24`)
    const pxe = lan.addHost('pxe', `${addresses.pxe}/24`)
    await startSiteDhcp(lan, dhcp, { pool: '10.78.0.100,10.78.0.200', gateway: addresses.dhcp, names: {} })
    lan.spawn(pxe, server.command(directory), { stdio: 'ignore' })
    await sleep(2000)
    const runs: Medians[] = []
    for (let run = 0; run < Number(values.runs); run++) {
      const place = lan.addHost(`node${run}`)
      const mac = `52:54:00:00:00:${(run + 1).toString(16).padStart(2, '0')}`
      const text = lan.exec(place, [...node, join(import.meta.dirname, 'boot-node.ts'), mac])
      runs.push(JSON.parse(text) as Medians)
      console.error(`${server.name}: ${text.trim()}`)
    }
    const middle = (of: (run: Medians) => number) => runs.map(of).sort((a, b) => a - b)[runs.length >> 1] ?? 0
    return {
      totalMs: middle(({ totalMs }) => totalMs),
      fetchMs: middle(({ fetchMs }) => fetchMs),
      askedBootServer: runs.every(({ askedBootServer }) => askedBootServer),
    }
  } finally {
    lan.close()
  }
}

function emfPxe(place: string): string[] {
  const config: ConfigInput = { interfaces: [{ name: 'e0' }], bootFiles: { x64: join(place, 'ipxe.efi') } }
  const file = join(place, 'config.yaml')
  mkdirSync(join(place, 'state'), { recursive: true })
  writeFileSync(file, stringify(config))
  return [...node, join(root, 'bin/run.ts'), 'serve', '--config', file, '--state-dir', join(place, 'state')]
}

function report(medians: ReadonlyMap<string, Medians>): void {
  const ours = medians.get('emf-pxe')?.totalMs ?? 1
  console.log('DISCOVER to last byte, medians             total ms    TFTP ms   port 4011   ours / theirs')
  for (const [name, { totalMs, fetchMs, askedBootServer }] of medians) {
    const cells = [
      totalMs.toFixed(0),
      fetchMs.toFixed(0),
      askedBootServer ? 'asked' : 'no',
      (ours / totalMs).toFixed(2),
    ]
    console.log(`  ${name.padEnd(36)} ${cells.map((cell) => cell.padStart(11)).join(' ')}`)
  }
}
