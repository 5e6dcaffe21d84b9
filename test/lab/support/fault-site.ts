import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { FinishedCheck } from '../../../src/checks/check.ts'
import type { ConfigInput } from '../../../src/config/schema.ts'
import { buildEfiImage } from '../../../src/demo/efi-image.ts'
import { bootScript, embeddedScript } from '../../../src/demo/micro-os.ts'
import { EmbeddedOrchestrator } from '../../../src/demo/orchestrator.ts'
import { type Identity, makeIdentity } from '../../../src/demo/orchestrator-certificates.ts'
import { signImage } from '../../../src/demo/sign-image.ts'
import { inside } from '../../support/inside-namespace.ts'
import { Lan } from '../../support/namespaces.ts'
import { startSiteDhcp } from './dnsmasq.ts'
import type { PlayedNode } from './fault-making.ts'
import { Program } from './program.ts'
import type { Transcript } from './transcript.ts'

const root = join(import.meta.dirname, '../../..')
const execute = promisify(execFile)

export const at = { dhcp: '10.78.0.2', pxe: '10.78.0.5', cloud: '10.78.0.3', rival: '10.78.0.9' } as const
export const fqdn = 'edge.faults.test'

export interface DhcpWishes {
  /** False: DNS does not know the orchestrator. */
  readonly knowsOrchestrator?: boolean
  readonly args?: readonly string[]
}

/**
 * A whole site without virtual machines: DHCP and DNS by dnsmasq, the orchestrator in this process, and
 * a place for the service, everything in namespaces of its own. One of it carries a whole table of faults.
 */
export class FaultSite {
  readonly lan: Lan
  readonly directory = mkdtempSync(join(tmpdir(), 'emf-pxe-faults-'))
  readonly configFile = join(this.directory, 'config.yaml')
  readonly stateDirectory = join(this.directory, 'state')
  readonly pxe: string
  readonly dhcpNamespace: string
  readonly cloud: string
  readonly db: Identity
  readonly orchestrator: EmbeddedOrchestrator
  readonly config: ConfigInput
  /** The node of the fault that is being tried. */
  lastNode: PlayedNode | undefined
  /** What `emf-pxe status` is started by, to have less than all rights: `setpriv …`. */
  statusBy = ''
  #service: Program | undefined
  #dhcp: Transcript | undefined
  #number = 0

  private constructor(lan: Lan, cloud: string, db: Identity, orchestrator: EmbeddedOrchestrator) {
    this.lan = lan
    this.cloud = cloud
    this.db = db
    this.orchestrator = orchestrator
    this.pxe = lan.addHost('pxe', `${at.pxe}/24`)
    this.dhcpNamespace = lan.addHost('dhcp', `${at.dhcp}/24`)
    lan.useResolver(this.pxe, at.dhcp)
    const caFile = join(this.directory, 'ca.pem')
    writeFileSync(caFile, orchestrator.authority.certificatePem)
    this.config = {
      interfaces: [{ name: 'e0' }],
      orchestrator: { fqdn, caFile },
      artifact: { refreshMinutes: 0 },
    }
  }

  static async open(): Promise<FaultSite> {
    const lan = new Lan()
    const cloud = lan.addHost('cloud', `${at.cloud}/24`)
    const db = await makeIdentity({ commonName: 'Lab Secure Boot db' })
    const orchestrator = await inside(cloud, () => startOrchestrator(db))
    const site = new FaultSite(lan, cloud, db, orchestrator)
    // A site that is half there would keep the test's process alive.
    await site.#prepare().catch(async (error: unknown) => {
      await site.close()
      throw error
    })
    return site
  }

  async #prepare(): Promise<void> {
    mkdirSync(this.stateDirectory)
    this.addProgram(
      'emf-pxe',
      `${process.execPath} --disable-warning=ExperimentalWarning ${join(root, 'bin/run.ts')}`,
    )
    this.writeConfig()
    await this.startDhcp()
    await this.paste('emf-pxe fetch')
    await this.startService()
  }

  /** The configuration, or another one for as long as a fault lasts. */
  writeConfig(config: unknown = this.config): void {
    writeFileSync(this.configFile, typeof config === 'string' ? config : JSON.stringify(config))
  }

  async startDhcp({ knowsOrchestrator = true, args = [] }: DhcpWishes = {}): Promise<void> {
    const names = knowsOrchestrator ? { [fqdn]: at.cloud } : { 'elsewhere.test': at.cloud }
    await this.stopDhcp()
    const site = { pool: '10.78.0.100,10.78.0.200', gateway: at.dhcp, names }
    this.#dhcp = await startSiteDhcp(this.lan, this.dhcpNamespace, site, args)
  }

  /** What the DHCP server that runs now has logged. */
  get dhcpLog(): string {
    return this.#dhcp?.text ?? ''
  }

  async stopDhcp(): Promise<void> {
    for (let pids = this.#dhcpPids(); pids.length > 0; pids = this.#dhcpPids()) {
      for (const pid of pids) killIfThere(pid)
      await setImmediate()
    }
  }

  #dhcpPids(): number[] {
    const { stdout } = spawnSync('ip', ['netns', 'pids', this.dhcpNamespace], { encoding: 'utf8' })
    return stdout.split('\n').filter(Boolean).map(Number)
  }

  /** `emf-pxe serve`, until it is stopped; a service that runs is stopped first. */
  async startService(startedBy: readonly string[] = []): Promise<void> {
    await this.stopService()
    this.#service = new Program(
      this.lan.spawn(this.pxe, [...startedBy, 'emf-pxe', 'serve'], { env: this.#environment() }),
      'serve',
    )
    await this.#service.output.waitFor(/"event":"service\.started"/, 20_000)
  }

  /** SIGHUP, as `systemctl reload` sends it, and its effect. */
  async reloadService(): Promise<void> {
    const service = this.#service
    if (service === undefined) throw new Error('no service runs')
    const reloads = service.output.text.split('"service.reloaded"').length
    service.signal('SIGHUP')
    await service.output.waitFor(new RegExp(`(?:"service\\.reloaded"[^]*){${reloads}}`), 10_000)
  }

  /** Waits for a line of the service's log. */
  async logs(pattern: RegExp): Promise<void> {
    await this.#service?.output.waitFor(pattern, 40_000)
  }

  nextNumber(): number {
    this.#number += 1
    return this.#number
  }

  async stopService(): Promise<void> {
    await this.#service?.stop('SIGTERM')
    this.#service = undefined
  }

  /** Another program that keeps running for as long as a fault lasts; the returned function ends it. */
  async start(namespace: string, command: readonly string[], ready: RegExp): Promise<() => Promise<void>> {
    const program = new Program(this.lan.spawn(namespace, command), command[0] ?? '')
    await program.output.waitFor(ready, 10_000)
    return async () => void (await program.stop('SIGKILL'))
  }

  /** Runs a command line on the PXE server's machine, as it would be pasted there. */
  paste(commands: string): Promise<string> {
    return this.run(this.pxe, commands)
  }

  /** On another machine of the site. */
  async run(namespace: string, commands: string): Promise<string> {
    const shell = ['netns', 'exec', namespace, 'sh', '-c', commands]
    return (await execute('ip', shell, { env: this.#environment(), timeout: 60_000 })).stdout
  }

  /** The same, but with this test's mounts and resolver. */
  async pasteHere(commands: string): Promise<string> {
    const shell = [`--net=/run/netns/${this.pxe}`, 'sh', '-c', commands]
    const { stdout } = await execute('nsenter', shell, { env: this.#environment(), timeout: 60_000 })
    return stdout
  }

  /** What `emf-pxe status --json` says of one check. */
  async check(id: string): Promise<FinishedCheck> {
    const asked = `${this.statusBy} emf-pxe status --json --wait 1 --only ${id}`
    const output = await this.paste(`${asked} || [ $? = 3 ]`)
    const report = JSON.parse(output) as { checks: FinishedCheck[] }
    const found = report.checks.find((check) => check.id === id)
    assert.ok(found, `no ${id} in ${output}`)
    const root = report.checks.find((check) => check.id === found.because)
    assert.equal(root, undefined, `${id} was folded into ${root?.id}: ${root?.evidence}`)
    return found
  }

  async close(): Promise<void> {
    await this.stopService()
    await this.stopDhcp()
    await this.orchestrator.close()
    this.lan.close()
    rmSync(this.directory, { recursive: true, force: true })
  }

  #environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      PATH: `${this.directory}/bin:${process.env.PATH}`,
      EMF_PXE_CONFIG: this.configFile,
      EMF_PXE_STATE_DIR: this.stateDirectory,
    }
  }

  /** Puts a program into the PATH of everything that is pasted: a shell command, to which arguments are added. */
  addProgram(name: string, command: string): void {
    const program = join(this.directory, 'bin', name)
    mkdirSync(dirname(program), { recursive: true })
    writeFileSync(program, `#!/bin/sh\nexec ${command} "$@"\n`)
    chmodSync(program, 0o755)
  }
}

function startOrchestrator(db: Identity): Promise<EmbeddedOrchestrator> {
  return EmbeddedOrchestrator.start({
    fqdn,
    listen: { address: at.cloud, port: 443 },
    files: {
      'boot.ipxe': Buffer.from(bootScript),
      'vmlinuz-x86_64': Buffer.alloc(40_000, 1),
      'initramfs-x86_64': Buffer.alloc(80_000, 2),
      'keys/db.der': db.der,
      'signed_ipxe.efi': (endpoint) => bootFile(db, endpoint),
    },
  })
}

/** A boot file that trusts `endpoint`; another `seed` makes another file of it. */
export function bootFile(
  db: Identity,
  endpoint: Pick<Identity, 'der' | 'commonName'>,
  wishes: { readonly seed?: number; readonly host?: string } = {},
): Buffer {
  const { seed = 1, host = endpoint.commonName } = wishes
  const script = embeddedScript(`https://${host}/tink-stack/boot.ipxe`)
  return signImage(
    buildEfiImage({ ipxeVersion: '1.21.1+', seed, sizeBytes: 90_000, script, trusted: [endpoint.der] }),
    db,
  )
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself.
  }
}
