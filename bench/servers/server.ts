import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { tftpAnswers } from './ready.ts'

/** A TFTP server as it is measured: how to start it, and what to call it in a table. */
export interface ServerKind {
  readonly name: string
  /** What is special about its settings. */
  readonly settings: string
  /** Program and arguments; serves `ipxe.efi` from `directory` on 127.0.0.1:69. */
  readonly command: (directory: string) => readonly string[]
  /** Needed to run it: `program:debian-package`. */
  readonly needs: readonly `${string}:${string}`[]
}

export interface RunningServer {
  readonly kind: ServerKind
  /** Start of the process until the first answer, milliseconds. */
  readonly readyMs: number
  /** Resident memory now, and at its highest, bytes. */
  memory(): { readonly nowBytes: number; readonly peakBytes: number }
  /** Processor time used so far, milliseconds. */
  cpuMs(): number
  stop(): Promise<void>
}

const patienceMs = 20_000

/** Starts a server and returns as soon as it serves. */
export async function startServer(kind: ServerKind, directory: string): Promise<RunningServer> {
  const [program = '', ...args] = kind.command(directory)
  const startedAtMs = performance.now()
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  const complaints: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => complaints.push(chunk.toString()))
  const ended = once(child, 'exit').then(([code]) => `ended with ${code}`)
  const late = sleep(patienceMs, 'does not answer', { ref: false })
  const problem = await Promise.race([tftpAnswers(), ended, late])
  if (problem !== undefined) {
    child.kill('SIGKILL')
    throw new Error(`${kind.name} ${problem}: ${complaints.join('')}`)
  }
  const readyMs = performance.now() - startedAtMs
  return { kind, readyMs, memory: () => memoryOf(child), cpuMs: () => cpuOf(child), stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

function memoryOf(child: ChildProcess): { nowBytes: number; peakBytes: number } {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const bytes = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024
  return { nowBytes: bytes('VmRSS'), peakBytes: bytes('VmHWM') }
}

const ticksPerSecond = 100

/** Fields 14 and 15 of /proc/PID/stat: user and system time of all threads, in clock ticks. */
export function cpuOf(child: ChildProcess): number {
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}
