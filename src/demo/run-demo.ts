import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { refreshOnce } from '../artifact/refresh.ts'
import { sha256Of } from '../artifact/sha256.ts'
import { sourceOf } from '../artifact/source.ts'
import { ArtifactStore } from '../artifact/store/store.ts'
import { loadConfig } from '../config/load.ts'
import type { Config, ConfigInput } from '../config/schema.ts'
import { Engine } from '../engine/engine.ts'
import { EmfPxeError } from '../errors/error.ts'
import { EventBus } from '../events/bus.ts'
import { BootStories } from '../events/stories.ts'
import type { BootStory } from '../events/story.ts'
import { systemClock } from '../net/clock.ts'
import { KernelNetwork } from '../net/kernel.ts'
import { watchInterfaces } from '../net/watch.ts'
import { addressAsIpxe, networkBoot } from '../node/network-boot.ts'
import { edk2 } from '../node/tftp-profiles.ts'
import { type OpenedOrchestrator, openOrchestrator } from '../orchestrator/open.ts'
import { artifactUrl, bootSources } from '../service/boot-sources.ts'
import { startDemoOrchestrator } from './demo-orchestrator.ts'
import { filesInScript } from './micro-os.ts'
import type { EmbeddedOrchestrator } from './orchestrator.ts'
import { SiteDhcp } from './site-dhcp.ts'

/** One thing that was done and checked. */
export interface DemoStep {
  readonly title: string
  readonly detail: string
}

const loopback = 'lo'
const addresses = { server: '127.0.0.1', siteDhcp: '127.0.0.2', node: '127.0.0.101' } as const
const mac = '52:54:00:00:00:01'
const uuid = '11112222-3333-4444-5555-666677778888'
/** High, so that nobody needs root; apart from the real ones, so that no real server is disturbed. */
const ports = { dhcp: 16_067, dhcpClient: 16_068, bootServer: 14_011, tftp: 16_069 } as const

/**
 * A whole boot on loopback: embedded orchestrator, site DHCP server, the real configuration, fetch and
 * engine code, and a node that checks every byte. Returns the node's boot story as the service saw it.
 */
export async function runDemo(onStep: (step: DemoStep) => void): Promise<BootStory> {
  await using cleanup = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'emf-pxe-demo-'))
  cleanup.defer(() => rm(directory, { recursive: true, force: true }))

  const orchestrator = await startDemoOrchestrator()
  cleanup.defer(() => orchestrator.close())
  onStep({
    title: 'orchestrator',
    detail: `https://${orchestrator.provisioningHost} with a certificate of its own`,
  })

  const config = await writeConfig(directory, orchestrator)
  onStep({ title: 'configuration', detail: 'written, read back and checked' })

  const store = new ArtifactStore(directory)
  const opened = await openOrchestrator(config.orchestrator, orchestrator.network)
  onStep({ title: 'boot file', detail: await fetchBootFile(store, opened, orchestrator.fqdn) })

  const stories = new BootStories()
  await startSite(config, store, stories, cleanup)
  onStep({
    title: 'PXE server',
    detail: `ProxyDHCP, boot server and TFTP on ${loopback}, beside a DHCP server`,
  })

  await bootNode(orchestrator, onStep)
  await bootSystem(opened, orchestrator, onStep)
  const story = stories.get(mac)
  if (story === undefined) throw new Error('the service saw nothing of the boot')
  return story
}

async function writeConfig(directory: string, orchestrator: EmbeddedOrchestrator): Promise<Config> {
  const caFile = join(directory, 'orchestrator-ca.pem')
  const file = join(directory, 'config.yaml')
  const config: ConfigInput = {
    interfaces: [{ name: loopback, address: addresses.server }],
    orchestrator: { fqdn: orchestrator.fqdn, caFile },
    ports,
  }
  await writeFile(caFile, orchestrator.authority.certificatePem)
  await writeFile(file, stringify(config))
  return (await loadConfig(file)).config
}

async function fetchBootFile(
  store: ArtifactStore,
  opened: OpenedOrchestrator,
  fqdn: string,
): Promise<string> {
  const outcome = await refreshOnce({
    store,
    open: async () => sourceOf(opened),
    expectations: { architecture: 'x64', signature: 'required', fqdn },
    clock: systemClock,
    publish: () => {},
  })
  if (outcome.kind === 'kept') throw outcome.reason
  const problems =
    outcome.findings.length === 0
      ? 'signature and trusted certificate checked'
      : outcome.findings.map(({ message }) => message).join('; ')
  return `${outcome.entry?.sizeBytes} bytes fetched over TLS, ${problems}`
}

/** The engine and the site's own DHCP server, both closed when the demo ends. */
async function startSite(
  config: Config,
  store: ArtifactStore,
  stories: BootStories,
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const bus = new EventBus()
  bus.subscribe((event) => void stories.apply(event))
  const network = new KernelNetwork()
  const siteDhcp = await SiteDhcp.open({
    network,
    interface: loopback,
    address: addresses.siteDhcp,
    ports: { server: ports.dhcp, client: ports.dhcpClient },
    addressFor: () => addresses.node,
  })
  cleanup.defer(() => siteDhcp.close())
  const engine = new Engine(
    { config, sources: bootSources(config, store), artifactUrl: await artifactUrl(config, store) },
    {
      network,
      clock: systemClock,
      publish: bus.publish,
      neighbour: () => undefined,
      watchNics: (names, onChange) => watchInterfaces(names, systemClock, onChange),
    },
  )
  cleanup.defer(() => engine.stop())
  const failures: string[] = []
  bus.subscribe((event) => void (event.type === 'interface.failed' && failures.push(event.message)))
  await engine.start()
  if (engine.listening.length === 0)
    throw new EmfPxeError('PORT_IN_USE', { message: failures.join('; '), hint: 'Is another demo running?' })
}

/** The node: on loopback, and less patient than firmware, which waits 4 s for offers. */
const nodeOptions = {
  clock: systemClock,
  interface: loopback,
  hardware: { mac, uuid, architecture: 7 },
  ports: { server: ports.dhcp, client: ports.dhcpClient, bootServer: ports.bootServer, tftp: ports.tftp },
  windowMs: 500,
}

async function bootNode(orchestrator: EmbeddedOrchestrator, onStep: (step: DemoStep) => void): Promise<void> {
  const expected = sha256Of(orchestrator.file('signed_ipxe.efi') ?? Buffer.alloc(0))
  const { result, file } = await networkBoot({
    ...nodeOptions,
    network: new KernelNetwork(),
    transactionId: 0x1234_5678,
    profile: edk2,
    onStep: (step) => {
      if (step.kind === 'offers')
        onStep({
          title: 'node discovers',
          detail: `${step.heard.length} offers; it takes ${step.choice.why}`,
        })
      if (step.kind === 'address')
        onStep({
          title: 'node has address',
          detail: `${step.address} from ${step.dhcpServer}, the site’s own DHCP server`,
        })
    },
  })
  if (!result.ok)
    throw new EmfPxeError('NODE_BOOT_FAILED', { message: `PXE-E23: ${result.reason}: ${result.detail}` })
  if (result.sha256 !== expected)
    throw new EmfPxeError('NODE_BOOT_FAILED', { message: `${file} came with other bytes than were sent` })
  const shape = `${result.sizeBytes} bytes, blocks of ${result.blockBytes}, ${result.windowSize} per ACK`
  onStep({ title: 'node has boot file', detail: `${shape}, every byte as signed` })
}

/** What iPXE does next: script, kernel and initramfs over HTTPS, with the trust that the boot file carries. */
async function bootSystem(
  opened: OpenedOrchestrator,
  orchestrator: EmbeddedOrchestrator,
  onStep: (step: DemoStep) => void,
): Promise<void> {
  const address = await addressAsIpxe({
    ...nodeOptions,
    network: new KernelNetwork(),
    transactionId: 0x2345_6789,
  })
  onStep({ title: 'iPXE has address', detail: `${address}, its own, from the site’s DHCP server` })
  const base = opened.endpoint.artifactUrl
  const script = (await fetchBytes(opened, new URL('boot.ipxe', base).href)).toString('utf8')
  onStep({
    title: 'iPXE has script',
    detail: 'boot.ipxe over TLS, by the certificate that the boot file trusts',
  })
  for (const name of filesInScript(script)) {
    const bytes = await fetchBytes(opened, new URL(name, base).href)
    if (sha256Of(bytes) !== sha256Of(orchestrator.file(name) ?? Buffer.alloc(0))) {
      throw new EmfPxeError('NODE_BOOT_FAILED', { message: `${name} came with other bytes than were sent` })
    }
    onStep({ title: 'iPXE has file', detail: `${name}, ${bytes.length} bytes, every byte as served` })
  }
}

async function fetchBytes(opened: OpenedOrchestrator, url: string): Promise<Buffer> {
  const response = await opened.provisioning.get(url)
  if (response.status !== 200)
    throw new EmfPxeError('NODE_BOOT_FAILED', { message: `${url} answered ${response.status}` })
  const parts: Uint8Array[] = []
  for await (const part of response.body) parts.push(part)
  return Buffer.concat(parts)
}
