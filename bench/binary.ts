import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * `node bench/binary.ts [BINARY] [RUNS]`: size, start-up and memory of the single binary beside
 * the same source on plain Node. Start-up is wall-clock time of the whole process, median and
 * least of RUNS; `serve` counts until its first `service.started` line; memory is read 2 s later.
 */
const root = join(import.meta.dirname, '..')
const binary = process.argv[2] ?? join(root, 'dist', 'emf-pxe')
const runs = Number(process.argv[3] ?? 20)
const forms: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['single binary', [binary]],
  ['source on Node', [process.execPath, join(root, 'bin', 'run.ts')]],
]
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-bench-'))
const configFile = join(directory, 'config.yaml')
writeFileSync(
  configFile,
  [
    'interfaces: [{ name: lo }]',
    'orchestrator: { fqdn: edge.example.com }',
    'ports: { dhcp: 10067, bootServer: 14011, tftp: 10069, dhcpClient: 10068 }',
    'artifact: { refreshMinutes: 0 }',
  ].join('\n'),
)

try {
  console.log(`size: ${(statSync(binary).size / 1e6).toFixed(1)} MB, ${runs} runs each, ms: median (least)`)
  console.log(`node -e 0: ${summary(repeat(() => timeToEnd([process.execPath, '-e', '0'])))}`)
  for (const [name, command] of forms) {
    for (const words of [['--version'], ['version'], ['--help']])
      console.log(`${name} ${words.join(' ')}: ${summary(repeat(() => timeToEnd([...command, ...words])))}`)
    const served: number[] = []
    for (let run = 0; run < runs; run++) served.push((await serveOnce(command)).readyMs)
    const { memory } = await serveOnce(command, 2000)
    console.log(`${name} serve until ready: ${summary(served)}; at rest ${memory}`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function timeToEnd([program = '', ...args]: readonly string[]): number {
  const startedMs = performance.now()
  spawnSync(program, args, { stdio: 'ignore' })
  return performance.now() - startedMs
}

function repeat(measure: () => number): number[] {
  return Array.from({ length: runs }, measure)
}

async function serveOnce(
  command: readonly string[],
  restMs = 0,
): Promise<{ readyMs: number; memory: string }> {
  const [program = '', ...args] = command
  const startedMs = performance.now()
  const child = spawn(program, [...args, 'serve', '--config', configFile, '--state-dir', directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await lineWith(child, 'service.started')
  const readyMs = performance.now() - startedMs
  await new Promise((resolve) => setTimeout(resolve, restMs))
  const memory = readMemory(child.pid)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
  return { readyMs, memory }
}

function lineWith(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = ''
    child.stdout?.on('data', (chunk) => {
      seen += chunk
      if (seen.includes(word)) resolve()
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code} before ${word}`)))
  })
}

function readMemory(pid: number | undefined): string {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const megabytes = (field: string) =>
    (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0) / 1000).toFixed(0)
  return `${megabytes('VmRSS')} MB resident, ${megabytes('RssAnon')} MB of it anonymous`
}

function summary(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  return `${(sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(0)} (${(sorted[0] ?? 0).toFixed(0)})`
}
