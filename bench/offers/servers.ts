import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { ConfigInput } from '../../src/config/schema.ts'
import { cpuOf } from '../servers/server.ts'
import { addresses } from './site.ts'

/** A PXE server that offers beside a site's DHCP server; serves `ipxe.efi` from `directory` on NIC `e0`. */
export interface OfferingServer {
  readonly name: string
  readonly settings: string
  readonly command: (directory: string) => readonly string[]
}

const root = join(import.meta.dirname, '../..')
const binary = join(root, 'dist/emf-pxe')

const emfPxe: OfferingServer = {
  name: 'emf-pxe',
  settings: `${existsSync(binary) ? 'dist/emf-pxe' : 'from source'}, defaults, log to a file`,
  command: (directory) => {
    const state = join(directory, 'state')
    rmSync(state, { recursive: true, force: true })
    mkdirSync(state)
    const config: ConfigInput = {
      interfaces: [{ name: 'e0', address: addresses.server }],
      bootFiles: { x64: join(directory, 'ipxe.efi') },
    }
    const file = join(directory, 'config.yaml')
    writeFileSync(file, stringify(config))
    const program = existsSync(binary)
      ? [binary]
      : [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'bin/run.ts')]
    return [...program, 'serve', '--config', file, '--state-dir', state]
  },
}

const dnsmasq: OfferingServer = {
  name: 'dnsmasq (at best)',
  settings: 'proxy mode, blksize on, tftp-max 8192, no log',
  command: (directory) => [
    ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--pid-file=', '--user=root', '--port=0'],
    ...[
      '--log-facility=/dev/null',
      '--interface=e0',
      '--bind-interfaces',
      `--dhcp-range=${addresses.network},proxy`,
    ],
    ...[
      '--enable-tftp',
      `--tftp-root=${directory}`,
      '--tftp-max=8192',
      '--pxe-service=x86-64_EFI,boot,ipxe.efi',
    ],
  ],
}

export const offeringServers: readonly OfferingServer[] = [emfPxe, dnsmasq]

export interface RunningServer {
  /** Processor time used so far, milliseconds. */
  cpuMs(): number
  /** How long its main thread was ready to run and had no processor, milliseconds. */
  queuedMs(): number
  residentBytes(): number
  stop(): Promise<void>
}

/** Time for a server to start and come to rest, so that its start is not measured with its offers. */
const settleMs = 3000

export async function startOfferingServer(
  server: OfferingServer,
  namespace: string,
  directory: string,
): Promise<RunningServer> {
  const log = openSync(join(directory, 'server.log'), 'w')
  // `ip netns exec` becomes the program, so its process is the server's.
  const command = ['netns', 'exec', namespace, ...server.command(directory)]
  const child = spawn('ip', command, { stdio: ['ignore', log, log] })
  await sleep(settleMs)
  if (child.exitCode !== null)
    throw new Error(`${server.name} ended: ${readFileSync(join(directory, 'server.log'), 'utf8')}`)
  return {
    cpuMs: () => cpuOf(child),
    queuedMs: () => queuedMs(child),
    residentBytes: () => residentBytes(child),
    stop: () => stop(child),
  }
}

/** Second field of /proc/PID/schedstat, nanoseconds; 0 where the kernel keeps none. */
function queuedMs({ pid }: ChildProcess): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[1] ?? 0) / 1e6
}

function residentBytes({ pid }: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}
