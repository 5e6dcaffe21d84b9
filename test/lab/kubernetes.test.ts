import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { missing } from '../support/needs.ts'
import { noFirmware } from './support/boot.ts'
import { run } from './support/cache.ts'
import { enrolledCertificate } from './support/certificates.ts'
import { makeSignedIpxe } from './support/ipxe.ts'
import { Cluster, places } from './support/kubernetes/cluster.ts'
import { buildImages } from './support/kubernetes/images.ts'
import { until } from './support/kubernetes/until.ts'
import { buildMedia } from './support/media.ts'
import { microOsFirstLine } from './support/micro-os.ts'
import { fqdn } from './support/orchestrator.ts'
import { addresses, identityOf, Site } from './support/site.ts'

const skip =
  noFirmware ||
  missing(
    ...([
      'go:golang',
      'dockerd:docker.io',
      'docker:docker.io',
      'containerd:containerd',
      'runc:runc',
    ] as const),
    ...(['debootstrap:debootstrap', 'sbsign:sbsigntool', 'objcopy:binutils', 'curl:curl'] as const),
  )

const caFile = '/etc/ssl/lab-ca.pem'
// By network: the NICs of the two machines have different names.
const flags = ['--target', 'helm', '--interface', '10.77.0.0/24', '--orchestrator', fqdn, '--ca-file', caFile]
const unattended = ['--yes', '--no-input']
const installed = '/usr/local/bin/emf-pxe'
const release = ['emf-pxe', '--namespace', 'emf-pxe']

const nodeReady = 'jsonpath={.status.conditions[?(@.type=="Ready")].status}'

/** A real API server, two nodes with a kubelet and containerd, and the chart that init installs: one story. */
describe('installed in a Kubernetes cluster', { skip, timeout: 1_800_000 }, () => {
  const work = mkdtempSync(join(tmpdir(), 'emf-pxe-kubernetes-test-'))
  let media: string
  let site: Site
  let cluster: Cluster
  let bootFile: Buffer
  let pristine: readonly string[]

  before(async () => {
    const tool = (name: string) => run('sh', [join(import.meta.dirname, 'tools', name)]).trim()
    tool('get-helm.sh')
    const tools = tool('get-kubernetes.sh')
    media = buildMedia(join(work, 'dist'))
    site = await Site.open()
    const { orchestrator } = site
    const embedded = {
      endpoint: orchestrator.certificate,
      script: `#!ipxe\ndhcp\nchain ${orchestrator.httpsScriptUrl}\n`,
    }
    bootFile = readFileSync(makeSignedIpxe(work, embedded, enrolledCertificate(work)))
    orchestrator.publish('signed_ipxe.efi', bootFile)
    const images = await buildImages(join(media, 'emf-pxe'), work, site.pxe, addresses.dhcp)
    cluster = await Cluster.start(site, images, tools)
    cluster.plane.run('cp', orchestrator.certificate.certificatePath, caFile)
    pristine = cluster.inventory()
  })
  after(async () => {
    await cluster?.close()
    await site?.close()
    rmSync(work, { recursive: true, force: true })
  })

  test('init --target helm shows the cluster and installs into it', () => {
    const { code, all } = cluster.plane.run('sh', `${media}/install.sh`, ...flags, ...unattended)
    assert.equal(code, 0, `${all}\n${cluster.story()}`)
    assert.match(all, /Kubernetes context lab \(https:\/\/10\.77\.0\.4:6443\): release emf-pxe/)
    for (const { name } of places) assert.match(cluster.readiness(name), /^emf-pxe-\S+ True$/)
  })

  for (const { name } of places)
    test(`the pod on ${name} is as the chart says: an ordinary user, one capability, a root it cannot write`, () => {
      const inPod = (...words: string[]) =>
        cluster.plane.run('kubectl', 'exec', '--namespace', 'emf-pxe', cluster.podOn(name), '--', ...words)
      const status = inPod('cat', '/proc/1/status').out
      const field = (key: string) => new RegExp(`^${key}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
      assert.deepEqual([field('Uid'), field('Gid'), field('Seccomp')], ['65532', '65532', '2'])
      // 0x400 is CAP_NET_BIND_SERVICE alone.
      for (const set of ['CapPrm', 'CapEff', 'CapBnd']) assert.equal(Number.parseInt(field(set), 16), 0x400)
      assert.match(inPod('touch', '/x').all, /Read-only file system/)
      assert.equal(inPod('sh', '-c', 'ls /var/run/secrets/kubernetes.io').code, 2)
    })

  test('a second run changes nothing', () => {
    const { code, all } = cluster.plane.run(installed, 'init', ...flags, ...unattended)
    assert.equal(code, 0, all)
    assert.match(all, /[Nn]othing (was )?changed/)
  })

  test('helm test plays a node and is content', () => {
    const { code, all } = cluster.plane.run('helm', 'test', ...release, '--timeout', '2m')
    assert.equal(code, 0, `${all}\n${cluster.story()}`)
    assert.match(all, /Phase:\s+Succeeded/)
  })

  for (const { name, address } of places)
    test(`${name} gives out the orchestrator’s boot file`, () => {
      const url = `tftp://${address}/ipxe.efi`
      const got = join(work, 'fetched.efi')
      site.lan.exec(site.lan.addHost(`f${name.at(-1)}`, `10.77.0.2${name.at(-1)}/24`), [
        ...['curl', '--silent', '--show-error', '--max-time', '60', '--output', got, url],
      ])
      const sha256 = (content: Buffer) => createHash('sha256').update(content).digest('hex')
      assert.equal(sha256(readFileSync(got)), sha256(bootFile))
    })

  test('a real firmware hears both machines and boots to the orchestrator’s kernel', async () => {
    const node = site.startNode(41, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
    const pattern = new RegExp(`${microOsFirstLine} ${identityOf(41).serial}`)
    await node.console.waitFor(pattern, 240_000).catch((error: Error) => {
      throw new Error(`${error.message}\n\n${cluster.story()}`)
    })
    await node.close()
    for (const { name } of places) {
      const log = cluster.plane.kubectl('logs', '--namespace', 'emf-pxe', cluster.podOn(name))
      assert.match(log, new RegExp(identityOf(41).mac), `${name} saw it`)
    }
  })

  test('a changed answer upgrades it, and helm rolls it back', async () => {
    const url = `https://tinkerbell-nginx.${fqdn}/tink-stack/signed_ipxe.efi`
    const configuration = () =>
      cluster.plane.kubectl('get', 'configmap', 'emf-pxe', '--namespace', 'emf-pxe', '--output', 'yaml')
    const own = join(work, 'own.yaml')
    writeFileSync(own, 'podLabels: {site: lab}\nnodeSelector: {kubernetes.io/os: linux}\n')
    const more = ['--artifact-url', url, '--values', own]
    const changed = cluster.plane.run(installed, 'init', ...flags, ...more, ...unattended)
    assert.equal(changed.code, 0, `${changed.all}\n${cluster.story()}`)
    assert.match(configuration(), /artifactUrl/)
    for (const { name } of places) assert.equal(cluster.labelOf(name, 'site'), 'lab')
    const same = cluster.plane.run(installed, 'init', ...flags, '--artifact-url', url, ...unattended)
    assert.match(same.all, /[Nn]othing (was )?changed/, 'values of one’s own are remembered')
    const back = cluster.plane.run('helm', 'rollback', ...release, '1', '--wait', '--timeout', '2m')
    assert.equal(back.code, 0, `${back.all}\n${cluster.story()}`)
    assert.doesNotMatch(configuration(), /artifactUrl/)
    cluster.plane.kubectl('rollout', 'status', 'daemonset/emf-pxe', '--namespace', 'emf-pxe', '--timeout=2m')
    const tried = cluster.plane.run('helm', 'test', ...release, '--timeout', '2m')
    assert.equal(tried.code, 0, tried.all)
  })

  test('a node that is down is named, and holds up no other', async () => {
    const [, lost] = cluster.nodes
    const nic = places[1].nic
    const state = () => cluster.plane.kubectl('get', 'node', places[1].name, '--output', nodeReady)
    const before = cluster.podOn(places[0].name)
    lost?.machine.run(['ip', 'link', 'set', nic, 'down'])
    await until(() => state() === 'Unknown', 'the cluster misses its node', 120_000)

    const url = `https://tinkerbell-nginx.${fqdn}/tink-stack/signed_ipxe.efi`
    const changed = cluster.plane.run(installed, 'init', ...flags, '--artifact-url', url, ...unattended)
    assert.equal(changed.code, 0, `${changed.all}\n${cluster.story()}`)
    assert.match(changed.all, /The node edge-2 is down \(Kubelet stopped posting node status, since 20/)
    assert.match(cluster.readiness(places[0].name), / True$/)
    assert.notEqual(cluster.podOn(places[0].name), before, 'the pod of the node that is there is a new one')

    lost?.machine.run(['ip', 'link', 'set', nic, 'up'])
    const revision = (node: string) => cluster.labelOf(node, 'controller-revision-hash')
    await until(
      () => revision(places[1].name) === revision(places[0].name),
      'the node that is back has the new version',
      180_000,
      () => cluster.story(),
    )
  })

  test('uninstall --purge leaves nothing in the cluster', async () => {
    const { code, all } = cluster.plane.run(installed, 'uninstall', '--purge', '--yes')
    assert.equal(code, 0, all)
    const more = () => cluster.inventory().filter((object) => !pristine.includes(object))
    await until(
      () => more().length === 0,
      'as it was before',
      60_000,
      () => more().join('\n'),
    )
    assert.deepEqual(cluster.inventory(), pristine)
  })
})
