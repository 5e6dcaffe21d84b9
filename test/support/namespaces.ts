import { type ChildProcess, execFileSync, type SpawnOptions, spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'

let made = 0
/** Each look takes milliseconds, the kernel at most a second. */
const mostLooks = 5000

/**
 * A set of network namespaces joined by one switch (a bridge in a namespace of its own), gone
 * when `close` is called or the process ends. Names are unique per process, so that tests may
 * run side by side.
 */
export class Lan {
  readonly switchNamespace: string
  readonly #prefix: string
  readonly #namespaces: string[] = []
  readonly #children: ChildProcess[] = []
  readonly #onExit = () => this.close()

  constructor() {
    this.#prefix = `ep${process.pid.toString(36)}${(made++).toString(36)}`
    this.switchNamespace = this.addNamespace('sw')
    run('ip', ['-n', this.switchNamespace, 'link', 'add', 'br0', 'type', 'bridge'])
    run('ip', ['-n', this.switchNamespace, 'link', 'set', 'br0', 'up'])
    process.once('exit', this.#onExit)
  }

  /** An empty namespace with loopback up; returns its full name. */
  addNamespace(name: string): string {
    const full = `${this.#prefix}-${name}`
    run('ip', ['netns', 'add', full])
    run('ip', ['-n', full, 'link', 'set', 'lo', 'up'])
    this.#namespaces.push(full)
    return full
  }

  /** A namespace with NIC `nic` plugged into the switch; `cidr` such as `10.77.0.2/24`, or none. */
  addHost(name: string, cidr?: string, nic = 'e0'): string {
    const full = this.addNamespace(name)
    this.plug(full, nic, cidr)
    return full
  }

  /** Plugs one more NIC of a namespace into the switch. */
  plug(namespace: string, nic: string, cidr?: string): void {
    const port = `p${this.#prefix.slice(2)}${(made++).toString(36)}`.slice(0, 15)
    run('ip', [
      '-n',
      this.switchNamespace,
      'link',
      'add',
      port,
      'type',
      'veth',
      'peer',
      'name',
      nic,
      'netns',
      namespace,
    ])
    run('ip', ['-n', this.switchNamespace, 'link', 'set', port, 'master', 'br0', 'up'])
    if (cidr !== undefined) run('ip', ['-n', namespace, 'address', 'add', cidr, 'broadcast', '+', 'dev', nic])
    run('ip', ['-n', namespace, 'link', 'set', nic, 'up'])
    this.#awaitForwarding(port)
  }

  /** A switch port drops everything until the kernel, in its own time, has noticed that its link is up. */
  #awaitForwarding(port: string): void {
    for (let looks = 0; looks < mostLooks; looks++) {
      const state = run('bridge', ['-n', this.switchNamespace, 'link', 'show', 'dev', port])
      if (state.includes('state forwarding')) return
    }
    throw new Error(`switch port ${port} never came up`)
  }

  /** Makes a TAP device in the switch's namespace, plugged into the switch, for a virtual machine; returns its name. */
  addTap(): string {
    const tap = `t${this.#prefix.slice(2)}${(made++).toString(36)}`.slice(0, 15)
    run('ip', ['-n', this.switchNamespace, 'tuntap', 'add', 'mode', 'tap', tap])
    run('ip', ['-n', this.switchNamespace, 'link', 'set', tap, 'master', 'br0', 'up'])
    return tap
  }

  /** Gives programs in `namespace` a resolver, through `/etc/netns`. */
  useResolver(namespace: string, address: string): void {
    mkdirSync(`/etc/netns/${namespace}`, { recursive: true })
    writeFileSync(`/etc/netns/${namespace}/resolv.conf`, `nameserver ${address}\n`)
  }

  /** Starts a program inside a namespace; it is killed when the LAN closes. */
  spawn(namespace: string, command: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', namespace, ...command], { stdio: 'pipe', ...options })
    this.#children.push(child)
    return child
  }

  /** Runs a program inside a namespace to its end; returns stdout, throws with stderr on failure. */
  exec(namespace: string, command: readonly string[]): string {
    return run('ip', ['netns', 'exec', namespace, ...command])
  }

  close(): void {
    process.off('exit', this.#onExit)
    for (const child of this.#children.splice(0)) child.kill('SIGKILL')
    for (const namespace of this.#namespaces.splice(0)) {
      quietly(() => killInside(namespace))
      quietly(() => run('ip', ['netns', 'del', namespace]))
      rmSync(`/etc/netns/${namespace}`, { recursive: true, force: true })
    }
  }
}

function killInside(namespace: string): void {
  const pids = run('ip', ['netns', 'pids', namespace]).split('\n').filter(Boolean)
  for (const pid of pids) quietly(() => process.kill(Number(pid), 'SIGKILL'))
}

function run(program: string, args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function quietly(task: () => void): void {
  try {
    task()
  } catch {
    // Already gone: that is what was wanted.
  }
}
