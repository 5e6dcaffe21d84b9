import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer } from './systemd-machine.ts'
import { Transcript } from './transcript.ts'

/** Directories that an installation writes to: seen as they are, written to on top. */
const ownDirectories = ['/etc', '/usr/local', '/var/lib']

/**
 * This machine's programs with the network of a namespace, and system directories of one's own, in
 * which an installation does no harm. A container runtime inside sees the same.
 */
export class OwnMachine {
  readonly directory: string
  readonly #init: ChildProcess
  readonly #children: ChildProcess[] = []

  private constructor(directory: string, init: ChildProcess) {
    this.directory = directory
    this.#init = init
  }

  /** `hostname`: its own one; without it the machine is called as this one is. */
  static async start(namespace: string, resolver: string, hostname?: string): Promise<OwnMachine> {
    const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-machine-'))
    const script = join(directory, 'start.sh')
    writeFileSync(script, startScript(directory, resolver, hostname))
    const words = [
      `--net=/run/netns/${namespace}`,
      'unshare',
      '--mount',
      '--uts',
      '--propagation=private',
      'sh',
      script,
    ]
    const init = spawn('nsenter', words, { stdio: ['pipe', 'pipe', 'pipe'] })
    await Transcript.of(init, 'a machine of its own').waitFor(/ready/, 10_000)
    return new OwnMachine(directory, init)
  }

  /** Runs a program as root on the machine, to its end. */
  run(words: readonly string[], environment: Readonly<Record<string, string>> = {}): Answer {
    const { status, stdout, stderr } = spawnSync('setsid', ['--wait', ...this.#enter(), ...words], {
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C.UTF-8', ...environment },
      maxBuffer: 64 * 1024 * 1024,
    })
    return { code: status, out: stdout, all: stdout + stderr }
  }

  /** Starts a program that stays; it is stopped when the machine is, the last one first. */
  async daemon(
    name: string,
    words: readonly string[],
    ready: RegExp,
    timeoutMs = 60_000,
  ): Promise<Transcript> {
    const [program = '', ...rest] = [...this.#enter(), ...words]
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#children.push(child)
    const output = Transcript.of(child, name)
    await output.waitFor(ready, timeoutMs)
    return output
  }

  /** `beforeLast` is done when of all daemons the first one alone still runs: a container runtime. */
  async close(beforeLast: () => void = () => {}): Promise<void> {
    const [first, ...later] = this.#children.splice(0)
    for (const child of later.reverse()) await stop(child)
    if (first !== undefined) {
      beforeLast()
      await stop(first)
    }
    await stop(this.#init)
    rmSync(this.directory, { recursive: true, force: true })
  }

  #enter(): string[] {
    return ['nsenter', '-t', String(this.#init.pid), '--mount', '--uts', '--net', '--wd=/']
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const killed = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await gone
  clearTimeout(killed)
}

function startScript(directory: string, resolver: string, hostname: string | undefined): string {
  const overlays = ownDirectories.map((path) => {
    const place = join(directory, path.replaceAll('/', '-'))
    for (const part of ['upper', 'work']) mkdirSync(join(place, part), { recursive: true })
    return `mount -t overlay overlay -o lowerdir=${path},upperdir=${place}/upper,workdir=${place}/work ${path}`
  })
  return [
    'set -e',
    // /sys of this namespace's network, with the control groups of the machine.
    `mkdir ${directory}/cgroup && mount --rbind /sys/fs/cgroup ${directory}/cgroup`,
    `mount -t sysfs sysfs /sys && mount --rbind ${directory}/cgroup /sys/fs/cgroup`,
    ...overlays,
    // The file may be a link or a mount of the machine's own.
    `rm -f /etc/resolv.conf; echo "nameserver ${resolver}" >/etc/resolv.conf`,
    ...(hostname === undefined ? [] : [`hostname ${hostname}`]),
    'echo ready',
    // Ends when the test does, in whatever way.
    'exec cat',
    '',
  ].join('\n')
}
