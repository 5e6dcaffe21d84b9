import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** What `client/storm.c` prints. */
export interface StormResult {
  readonly nodes: number
  readonly done: number
  readonly failed: number
  readonly totalMs: number
  /** Until the last node that is not slow has ended. */
  readonly nearMs: number
  readonly medianMs: number
  readonly p99Ms: number
  /** Timeouts of nodes, each of which costs that node 4 s. */
  readonly resends: number
  /** Boots that failed and were begun again; 0 unless `boots` allows it. */
  readonly restarts: number
  /** Downloads that were neither of two files whole; each is a boot that failed. */
  readonly mixtures: number
  /** Nodes that got the other of two files. */
  readonly others: number
  readonly datagrams: number
  readonly clientCpuMs: number
}

export interface StormOptions {
  readonly nodes: number
  readonly file: string
  readonly rttMs?: number
  /** So many of them are far away, and go in lock step. */
  readonly slowNodes?: number
  readonly slowRttMs?: number
  readonly lossPercent?: number
  readonly window?: number
  readonly seed?: number
  /** How often a node that fails begins again; 1: not at all. */
  readonly boots?: number
}

/** Compiles the client; it is C so that it is never slower than what it measures. */
export function buildStormClient(directory: string): string {
  const program = join(directory, 'storm')
  execFileSync('cc', ['-O2', '-o', program, join(import.meta.dirname, 'client/storm.c')], {
    stdio: 'inherit',
  })
  return program
}

/** One storm against 127.0.0.1:69. */
export async function storm(client: string, options: StormOptions): Promise<StormResult> {
  const args = [
    '--file',
    options.file,
    '--nodes',
    String(options.nodes),
    '--rtt',
    String(options.rttMs ?? 0),
    '--slow',
    String(options.slowNodes ?? 0),
    '--slow-rtt',
    String(options.slowRttMs ?? 0),
    '--loss',
    String(options.lossPercent ?? 0),
    '--window',
    String(options.window ?? 4),
    '--seed',
    String(options.seed ?? 1),
    '--boots',
    String(options.boots ?? 1),
  ]
  const child = spawn(client, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(child, 'close')
  return JSON.parse(text) as StormResult
}
