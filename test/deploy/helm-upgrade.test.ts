import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { install } from '../../src/deploy/install.ts'
import { kubernetesValues } from '../../src/deploy/kubernetes-answers.ts'
import { kubernetesHere } from '../../src/deploy/kubernetes-here.ts'
import { programFile } from '../../src/deploy/program-file.ts'
import { releaseValues } from '../../src/deploy/render/helm.ts'
import { initCommand } from '../../src/deploy/settings.ts'
import { planRemoval, remove } from '../../src/deploy/uninstall.ts'
import { upgrade } from '../../src/deploy/upgrade-run.ts'
import type { RenderValues } from '../../src/deploy/values.ts'
import { Machine } from './machine.ts'
import { sampleValues } from './support.ts'

const { configFile } = sampleValues.paths
const kubeconfig = `current-context: site
contexts: [{name: site, context: {cluster: here}}]
clusters: [{name: here, cluster: {server: "https://10.0.0.1:6443"}}]
`

/** A machine with Helm, from which a cluster is managed; `released` is what the last upgrade was given. */
function administrator(t: TestContext) {
  const machine = new Machine(t)
  const released: { values?: string; own?: string; words?: string } = {}
  const host = {
    ...machine.host,
    run: async (words: readonly string[], options?: { readonly directory?: string }) => {
      if (words[0] === 'helm' && words[1] === 'upgrade') {
        const read = (name: string) => machine.readOutside(join(options?.directory ?? '', name))
        Object.assign(released, {
          values: read('values.yaml'),
          own: read('own-values.yaml'),
          words: words.join(' '),
        })
      }
      if (words[0] === 'helm' && words[1] === 'status') return { exitCode: 1, stdout: '', output: '' }
      if (words[0] === 'kubectl') return { exitCode: 127, stdout: '', output: '' }
      return machine.host.run(words, options)
    },
  }
  machine.write('/root/.kube/config', kubeconfig)
  const before = process.env.KUBECONFIG
  process.env.KUBECONFIG = '/root/.kube/config'
  t.after(() => {
    if (before === undefined) delete process.env.KUBECONFIG
    else process.env.KUBECONFIG = before
  })
  return { machine, released, options: () => machine.options({ host }) }
}

const pullSecret = 'imagePullSecrets: [{name: site-registry}]\nproxy: {noProxy: 10.0.0.0/8}\n'
const withOwn = (text: string): RenderValues => ({
  ...sampleValues,
  kubernetes: { ...sampleValues.kubernetes, ownValues: text },
})

describe('values of the operator’s own', () => {
  test('are laid over those of the site, kept for later runs, and readable by their owner alone', async (t) => {
    const { machine, released, options } = administrator(t)
    await install('helm', withOwn(pullSecret), options())
    assert.match(String(released.words), /--values values\.yaml --values own-values\.yaml/)
    assert.equal(released.own, pullSecret)
    assert.equal((await machine.host.observe('/etc/emf-pxe/helm/own-values.yaml'))?.mode, 0o600)

    const config = { ...sampleValues.config, relay: true }
    await install('helm', { ...sampleValues, config }, options())
    assert.equal(released.own, pullSecret, 'a run without --values has them still')
    assert.equal(parse(String(released.values)).config.relay, true)
  })

  test('win entry by entry, as Helm merges', () => {
    const own = 'orchestrator: {caCertificate: PEM}\ntolerations: [{operator: Exists}]\ninterface: eno1\n'
    const values = releaseValues(withOwn(own))
    assert.deepEqual(values.orchestrator, { fqdn: 'edge.example.com', caCertificate: 'PEM' })
    assert.deepEqual([values.interface, values.tolerations], ['eno1', [{ operator: 'Exists' }]])
  })

  test('a file that holds none is refused before anything is done', (t) => {
    const { machine } = administrator(t)
    const file = join(machine.root, 'tmp/own.yaml')
    for (const [text, why] of [
      ['- a\n- b\n', /values are a mapping/],
      ['a: [', /--values .*own\.yaml: .*line 1/s],
    ] as const) {
      writeFileSync(file, text)
      assert.throws(() => kubernetesValues({ values: file }, '0.1.0'), { code: 'USAGE', message: why })
    }
    assert.throws(() => kubernetesValues({ values: '/nope.yaml' }, '0.1.0'), {
      code: 'USAGE',
      message: /ENOENT/,
    })
  })
})

describe('an installation in a cluster, later', () => {
  const ownImage = { ...sampleValues.kubernetes, namespace: 'edge', imageRepository: 'site.local/emf-pxe' }

  test('an upgrade keeps configuration, private CA, namespace and image', async (t) => {
    const { machine, released, options } = administrator(t)
    machine.write('/etc/site-ca.pem', 'PEM OF THE SITE\n')
    const config = {
      interfaces: [{ name: 'eth1' }],
      orchestrator: { fqdn: 'edge.example.com', caFile: '/etc/site-ca.pem' },
    }
    const values = { ...sampleValues, config, kubernetes: ownImage, caCertificate: 'PEM OF THE SITE\n' }
    await install('helm', values, options())
    await upgrade({ ...options(), version: '0.2.0', configFile, to: undefined, back: false, argv: [] })
    const given = parse(String(released.values))
    assert.deepEqual(given.orchestrator, { fqdn: 'edge.example.com', caCertificate: 'PEM OF THE SITE\n' })
    assert.deepEqual(given.image, { repository: 'site.local/emf-pxe', tag: '0.2.0' })
    assert.match(String(released.words), /--namespace edge/)
  })

  test('a run that does not name them means the same release and image', async (t) => {
    const { machine, options } = administrator(t)
    await install('helm', { ...sampleValues, kubernetes: { ...ownImage, imageTag: 'site-7' } }, options())
    const { namespace, imageRepository, imageTag } = await kubernetesHere(machine.host, configFile, '0.2.0')
    assert.deepEqual([namespace, imageRepository, imageTag], ['edge', 'site.local/emf-pxe', 'site-7'])
    assert.equal(kubernetesValues({ image: 'site.local/emf-pxe' }, '0.2.0').imageTag, '0.2.0')
  })

  test('the command for the same again names namespace and image', () => {
    const again = initCommand('helm', { ...sampleValues, kubernetes: { ...ownImage, imageTag: 'site-7' } })
    assert.match(again, /--target helm --namespace edge --image site\.local\/emf-pxe:site-7/)
    assert.doesNotMatch(initCommand('helm', { ...sampleValues }), /--(release|namespace|image)/)
  })

  test('the program that the install script put there is upgraded, and goes with the rest', async (t) => {
    const { machine, options } = administrator(t)
    machine.write('/usr/local/bin/emf-pxe', 'first', 0o755)
    await install('helm', sampleValues, options())
    machine.write('/tmp/newer', 'newer', 0o755)
    const program = await programFile(join(machine.root, 'tmp/newer'))
    await upgrade({
      ...options(),
      program,
      version: '0.2.0',
      configFile,
      to: undefined,
      back: false,
      argv: [],
    })
    assert.equal(machine.read('/usr/local/bin/emf-pxe'), 'newer')
    const removal = await planRemoval(machine.host, configFile, true)
    await remove(removal, machine.host, { done: () => {}, warned: (text) => assert.fail(text) })
    assert.equal(machine.read('/usr/local/bin/emf-pxe'), undefined)
  })
})
