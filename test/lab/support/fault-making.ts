import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ArtifactStore } from '../../../src/artifact/store/store.ts'
import { at, type DhcpWishes, type FaultSite } from './fault-site.ts'

export interface Fault {
  readonly name: string
  /** Id of the check that must name it. */
  readonly check: string
  readonly outcome?: 'failed' | 'warning'
  readonly evidence: RegExp
  readonly remedy?: RegExp
  /** Makes it; the returned function takes away whatever is left of it, and may be called twice. */
  readonly make: (site: FaultSite) => Promise<() => Promise<unknown>>
  /** Follows the remedy; left out where it is a sentence, and what it asks for is to undo the fault. */
  readonly repair?: (site: FaultSite, remedy: string) => Promise<unknown>
}

export const paste: NonNullable<Fault['repair']> = (site, remedy) => site.paste(remedy)
export const nothing = async () => undefined

/** A command on the PXE server's machine, and the one that undoes it. */
export function command(make: string, undo: string): Fault['make'] {
  return async (site) => {
    await site.paste(make)
    return () => site.paste(`${undo} || true`)
  }
}

/** Rules of a table of their own. */
export function nft(rules: string): Fault['make'] {
  return command(`nft '${rules}'`, 'nft delete table inet fault 2>/dev/null')
}

export function inputRule(rule: string, policy = 'accept'): Fault['make'] {
  return nft(
    `table inet fault { chain in { type filter hook input priority 0; policy ${policy}; ${rule}; }; }`,
  )
}

export function dhcp(wishes: DhcpWishes): Fault['make'] {
  return async (site) => {
    await site.startDhcp(wishes)
    return once(() => site.startDhcp())
  }
}

/** Another program in place of the service. */
export function thief(port: number, address: string): Fault['make'] {
  return async (site) => {
    await site.stopService()
    const stop = await site.start(
      site.pxe,
      ['socat', '-d', '-d', `UDP4-RECV:${port},bind=${address}`, '-'],
      /starting data transfer|listening|successfully prepared/,
    )
    return once(async () => {
      await stop()
      await site.startService()
    })
  }
}

export const killHolder: NonNullable<Fault['repair']> = (site, remedy) => {
  const pid = /\bkill (\d+)/.exec(remedy)?.[0]
  if (pid === undefined) throw new Error(`no command in “${remedy}”`)
  return site.paste(`${pid}; while [ -d /proc/${pid.slice(5)} ]; do :; done`)
}

/** A node of its own, and what goes wrong at it. */
export function node(play: (node: PlayedNode) => Promise<unknown>): Fault['make'] {
  return async (site) => {
    const number = site.nextNumber()
    const namespace = site.lan.addHost(`node${number}`, `10.78.0.${50 + number}/24`)
    const played: PlayedNode = {
      boot: (flags = '') =>
        site.run(
          namespace,
          `timeout ${patienceSeconds} ${process.execPath} --disable-warning=ExperimentalWarning ${playNode} ${flags} || true`,
        ),
      run: (commands) => site.run(namespace, commands),
      givenUp: async () => {
        const mac = await site.run(namespace, 'cat /sys/class/net/e0/address')
        await site.logs(new RegExp(`"tftp\\.failed".*${mac.trim()}`))
      },
    }
    await play(played)
    site.lastNode = played
    return nothing
  }
}

export interface PlayedNode {
  /** One boot up to the file; `flags` of `tools/play-node.ts`. */
  boot(flags?: string): Promise<string>
  run(commands: string): Promise<string>
  /** Resolves when the service has given up sending to it. */
  givenUp(): Promise<void>
}

const playNode = join(import.meta.dirname, '../tools/play-node.ts')

/** Longer than a boot takes on a busy machine, shorter than firmware's own patience. */
const patienceSeconds = 12

/** The remedy is for whoever stands at the node: there it is done, and the node boots once more. */
export function atTheNode(commands: string, flags = ''): NonNullable<Fault['repair']> {
  return async (site) => {
    if (commands !== '') await site.lastNode?.run(commands)
    await site.lastNode?.boot(flags)
  }
}

/** The service runs on without the right by which it opened its ports; `status` looks at it from outside. */
export const unprivileged: Fault['make'] = async (site) => {
  const free = (port: number) => site.paste(`sysctl -qw net.ipv4.ip_unprivileged_port_start=${port}`)
  await free(0)
  await site.startService(withoutPorts)
  await free(1024)
  return once(() => site.startService())
}

/** Nobody runs, and whoever asks has less than root's rights, as in a container. */
export const withheld: Fault['make'] = async (site) => {
  await site.stopService()
  site.statusBy = withoutPorts.join(' ')
  return once(async () => {
    site.statusBy = ''
    await site.startService()
  })
}

const withoutPorts = ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service']

/** What Kubernetes writes into a pod that has a network of its own (ip netns mounts it over /etc/hosts). */
export const pod: Fault['make'] = async (site) => {
  const file = `/etc/netns/${site.pxe}/hosts`
  writeFileSync(file, `# Kubernetes-managed hosts file.\n127.0.0.1 localhost\n${at.pxe} emf-pxe-0\n`)
  return async () => rmSync(file, { force: true })
}

export function tls(limits: Parameters<FaultSite['orchestrator']['limitTls']>[0]): Fault['make'] {
  return async ({ orchestrator }) => {
    orchestrator.limitTls(limits)
    return async () => orchestrator.limitTls({})
  }
}

export function configured(change: (config: FaultSite['config']) => unknown): Fault['make'] {
  return async (site) => {
    site.writeConfig(change(structuredClone(site.config)))
    return async () => site.writeConfig()
  }
}

/** Another file in the store, as if it had been fetched. */
export function stored(make: (site: FaultSite) => Buffer): Fault['make'] {
  return async (site) => {
    const bytes = make(site)
    await new ArtifactStore(site.stateDirectory).save(bytes, {
      url: 'https://old.test/ipxe.efi',
      fetchedAtMs: Date.now(),
    })
    return once(() => site.paste('emf-pxe fetch'))
  }
}

export async function currentFile(site: FaultSite): Promise<string> {
  const store = new ArtifactStore(site.stateDirectory)
  const manifest = await store.read()
  if (manifest === undefined) throw new Error('nothing is stored')
  return store.pathOf(manifest.current)
}

export function endpointFault(
  file: string,
  fault: Parameters<FaultSite['orchestrator']['setFault']>[1],
): Fault['make'] {
  return async (site) => {
    site.orchestrator.setFault(`/tink-stack/${file}`, fault)
    return async () => site.orchestrator.faults.clear()
  }
}

export function rival(...args: string[]): Fault['make'] {
  return async (site) => {
    const namespace = site.lan.addHost(`rival${site.nextNumber()}`, `${at.rival}/24`)
    const common = [
      'dnsmasq',
      '--keep-in-foreground',
      '--conf-file=/dev/null',
      '--log-facility=-',
      '--pid-file=',
      '--user=root',
    ]
    const more = ['--port=0', '--interface=e0', '--bind-interfaces', '--leasefile-ro', '--no-ping']
    const stop = await site.start(namespace, [...common, ...more, ...args], /started, version/)
    return once(stop)
  }
}

export function once(undo: () => Promise<unknown>): () => Promise<unknown> {
  let done: Promise<unknown> | undefined
  return () => {
    done ??= undo()
    return done
  }
}

export function tokenFile(write: (site: FaultSite, path: string) => void): Fault['make'] {
  return async (site) => {
    const path = join(site.directory, 'token')
    rmSync(path, { force: true })
    write(site, path)
    site.writeConfig({ ...site.config, orchestrator: { ...site.config.orchestrator, tokenFile: path } })
    return async () => {
      site.writeConfig()
      rmSync(path, { force: true })
    }
  }
}

export function receipt(change: (receipt: Record<string, unknown>, file: string) => unknown): Fault['make'] {
  return async (site) => {
    const [path, file] = [join(site.directory, 'receipt.json'), join(site.directory, 'unit')]
    writeFileSync(file, 'as installed')
    const { version } = JSON.parse(await site.paste('emf-pxe version --json'))
    const receipt = change(plainReceipt(site, version, file), file)
    writeFileSync(path, JSON.stringify(receipt))
    return async () => rmSync(path, { force: true })
  }
}

function plainReceipt(site: FaultSite, version: string, file: string): Record<string, unknown> {
  const sha256 = '5d5ef2d3ad1ba7b4f8fbf2c4d7b6c3ee4c9f9c0a4cf2ce35ab8e5e9a3be00000'
  return {
    receiptVersion: 1,
    version,
    target: 'systemd',
    writtenAt: new Date(0).toISOString(),
    complete: true,
    paths: {
      program: ['/usr/local/bin/emf-pxe'],
      configFile: site.configFile,
      stateDirectory: site.stateDirectory,
    },
    kubernetes: { release: 'x', namespace: 'x', imageRepository: 'x', imageTag: 'x', chartRegistry: 'x' },
    done: [{ kind: 'file', path: file, sha256, role: 'service' }],
    directories: [],
  }
}

export function mounted(options: string): Fault['make'] {
  return async (site) => {
    const undo = once(async () => {
      await site.stopService()
      await site.pasteHere(`umount ${site.stateDirectory}`)
      await site.startService()
    })
    await site.stopService()
    await site.pasteHere(`mount -t tmpfs -o ${options} tmpfs ${site.stateDirectory}`)
    return undo
  }
}

export const unplugged: Fault['make'] = async (site) => {
  const ports = site.lan.exec(site.lan.switchNamespace, ['ip', '-o', 'link', 'show', 'type', 'veth'])
  const index = await site.paste('cat /sys/class/net/e0/iflink')
  const port = new RegExp(`^${index.trim()}: ([^@:]+)`, 'm').exec(ports)?.[1] ?? ''
  const set = (state: string) => site.lan.exec(site.lan.switchNamespace, ['ip', 'link', 'set', port, state])
  set('down')
  return async () => set('up')
}
