import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { debianTree } from './debian-tree.ts'
import type { Answer } from './systemd-machine.ts'
import { Transcript } from './transcript.ts'

/** Directories that an installation writes to: seen as they are, written to on top. */
const ownDirectories = ['/etc', '/usr/local', '/var/lib']

/**
 * A machine with a real Docker daemon: this machine's programs, the network of a namespace, and
 * system directories of its own, in which an installation does no harm.
 */
export class DockerMachine {
  readonly #directory: string
  readonly #daemon: ChildProcess

  private constructor(directory: string, daemon: ChildProcess) {
    this.#directory = directory
    this.#daemon = daemon
  }

  static async start(namespace: string, resolver: string): Promise<DockerMachine> {
    const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-docker-'))
    const script = join(directory, 'start.sh')
    writeFileSync(script, startScript(directory, resolver))
    const words = [
      `--net=/run/netns/${namespace}`,
      'unshare',
      '--mount',
      '--propagation=private',
      'sh',
      script,
    ]
    const daemon = spawn('nsenter', words, { stdio: ['ignore', 'pipe', 'pipe'] })
    await Transcript.of(daemon, 'dockerd').waitFor(/API listen on/, 60_000)
    const machine = new DockerMachine(directory, daemon)
    machine.#importBase()
    return machine
  }

  /** No image can be pulled here: a Debian of our own takes the name that the Dockerfile begins with. */
  #importBase(): void {
    const { code, all } = this.run(
      'sh',
      '-c',
      `tar -C ${debianTree()} -c . | docker import - debian:bookworm-slim`,
    )
    if (code !== 0) throw new Error(`docker import failed: ${all}`)
  }

  /** Runs a program as root on the machine, to its end. */
  run(...words: readonly string[]): Answer {
    const enter = ['--wait', 'nsenter', '-t', String(this.#daemon.pid), '--mount', '--net', '--wd=/']
    const { status, stdout, stderr } = spawnSync('setsid', [...enter, ...words], {
      encoding: 'utf8',
      env: { ...process.env, LANG: 'C.UTF-8', DOCKER_HOST: `unix://${this.#directory}/docker.sock` },
      maxBuffer: 64 * 1024 * 1024,
    })
    return { code: status, out: stdout, all: stdout + stderr }
  }

  /** One field of the container, by Docker's template language. */
  inspect(format: string): string {
    return this.run('docker', 'inspect', '--format', format, 'emf-pxe').out.trim()
  }

  async until(condition: () => boolean, what: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms\n${this.log()}`)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  log(): string {
    return this.run('docker', 'logs', 'emf-pxe').all
  }

  async close(): Promise<void> {
    const gone = once(this.#daemon, 'exit')
    this.run('sh', '-c', 'docker ps --all --quiet | xargs --no-run-if-empty docker rm --force')
    this.#daemon.kill('SIGTERM')
    await gone
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

function startScript(directory: string, resolver: string): string {
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
    `exec dockerd --iptables=false --bridge=none --host unix://${directory}/docker.sock \\`,
    `  --data-root ${directory}/data --exec-root ${directory}/exec --pidfile ${directory}/docker.pid`,
    '',
  ].join('\n')
}
