import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { lstatSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './cache.ts'
import { debianTree, OverlayTree } from './debian-tree.ts'
import { Transcript } from './transcript.ts'

export interface Answer {
  readonly code: number | null
  readonly out: string
  readonly all: string
}

/**
 * A machine with a real systemd: a container that boots a Debian tree of its own, with the network
 * of a namespace. Its files stay over a reboot.
 */
export class SystemdMachine {
  readonly #tree: OverlayTree
  readonly #namespace: string
  #child: ChildProcess | undefined
  #leader = 0

  constructor(namespace: string) {
    this.#namespace = namespace
    this.#tree = new OverlayTree(debianTree())
  }

  get root(): string {
    return this.#tree.root
  }

  async boot(): Promise<void> {
    // nspawn takes the network that it finds. Given a namespace by its own option, it would show the
    // machine the /sys of another one.
    const command = [
      ...[`--net=/run/netns/${this.#namespace}`, 'systemd-nspawn', '--directory', this.root],
      ...['--boot', '--keep-unit', '--register=no', '--resolv-conf=off'],
      `--machine=emf-pxe-lab-${process.pid}`,
    ]
    const child = spawn('nsenter', command, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#child = child
    const console = Transcript.of(child, 'nspawn')
    await console.waitFor(/Reached target multi-user\.target/, 60_000)
    this.#leader = Number(spawnSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' }).stdout.trim())
  }

  /** Runs a program as root inside, to its end. */
  run(...words: readonly string[]): Answer {
    const enter = ['-t', String(this.#leader), '-m', '-u', '-i', '-p', '-n', '-r', '-w']
    const environment = {
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      LANG: 'C.UTF-8',
    }
    // A session of its own: `kill 0` in there would reach the test's process group as well.
    const { status, stdout, stderr } = spawnSync('setsid', ['--wait', 'nsenter', ...enter, ...words], {
      encoding: 'utf8',
      env: { ...environment, HOME: '/root' },
      maxBuffer: 64 * 1024 * 1024,
    })
    return { code: status, out: stdout, all: stdout + stderr }
  }

  /** `systemctl show` of one property of the service. */
  property(name: string): string {
    return this.run('systemctl', 'show', '--property', name, '--value', 'emf-pxe.service').out.trim()
  }

  /** Process id of the service inside the machine; throws when it does not run. */
  servicePid(): string {
    const pid = this.property('MainPID')
    if (!/^[1-9]\d*$/.test(pid)) throw new Error(`the service does not run:\n${this.journal()}`)
    return pid
  }

  /** Waits until a condition holds that the machine brings about by itself. */
  async until(condition: () => boolean, what: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms\n${this.journal()}`)
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }

  journal(): string {
    return this.run('journalctl', '--unit', 'emf-pxe.service', '--output', 'cat', '--no-pager').all
  }

  async powerOff(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    this.#child = undefined
    const gone = once(child, 'exit')
    this.run('systemctl', 'poweroff')
    const killed = setTimeout(() => child.kill('SIGKILL'), 30_000)
    await gone
    clearTimeout(killed)
  }

  async close(): Promise<void> {
    await this.powerOff()
    this.#tree.close()
  }

  /** Every path with its kind, mode, owner and content; call it while the machine is off. */
  snapshot(): ReadonlyMap<string, string> {
    // Not readdir: it would follow /var/run out of the tree.
    const paths = run('find', [this.root, '-xdev', '-mindepth', '1', '-printf', '%P\\0']).split('\0')
    const kept = paths.filter((path) => path !== '' && !isVolatile(path)).sort()
    return new Map(kept.map((path) => [path, describe(join(this.root, path))]))
  }
}

/** What a Debian writes by booting: logs, random seeds, time stamps. */
function isVolatile(path: string): boolean {
  return /^(proc|sys|dev|run|tmp|var\/tmp|var\/log|var\/lib\/systemd|var\/cache|etc\/\.updated|var\/\.updated)(\/|$)/.test(
    path,
  )
}

function describe(path: string): string {
  const stat = lstatSync(path)
  const owner = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid}`
  if (stat.isSymbolicLink()) return `${owner} -> ${readlinkSync(path)}`
  if (!stat.isFile()) return owner
  return `${owner} ${stat.size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`
}

/** Paths that came, went or changed. */
export function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): string[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort()
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path), after.get(path)]
    if (was === is) return []
    return [was === undefined ? `+ ${path}` : is === undefined ? `- ${path}` : `~ ${path}: ${was} => ${is}`]
  })
}
