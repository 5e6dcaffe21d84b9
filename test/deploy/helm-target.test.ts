import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { install } from '../../src/deploy/install.ts'
import { chartValues } from '../../src/deploy/render/helm.ts'
import { planRemoval, remove } from '../../src/deploy/uninstall.ts'
import { type Answer, Machine } from './machine.ts'
import { sampleValues } from './support.ts'

const kubeconfig = `current-context: site
contexts: [{name: other, context: {cluster: away}}, {name: site, context: {cluster: here}}]
clusters: [{name: here, cluster: {server: "https://10.0.0.1:6443"}}]
`

/** A little cluster behind little `kubectl` and `helm`. */
class Cluster {
  namespaces = new Map<string, string>()
  release: { chart: string; values: unknown } | undefined
  kubectl = true
  upgradeCode = 0
  /** What an upgrade deploys. */
  wanted: unknown = chartValues(sampleValues)
  rolloutCode = 0

  readonly answer: Answer = (words) => {
    if (words[0] === 'kubectl') return this.kubectl ? this.#kubectl(words) : { exitCode: 127 }
    return words[0] === 'helm' ? this.#helm(words) : undefined
  }

  #kubectl(words: readonly string[]) {
    const line = words.join(' ')
    if (line.includes('get namespace')) {
      const label = this.namespaces.get('emf-pxe')
      return label === undefined ? { exitCode: 1, output: 'Error (NotFound)' } : { stdout: label }
    }
    if (line.includes('rollout status'))
      return { exitCode: this.rolloutCode, output: '0 of 1 pods are available' }
    if (line.includes('logs --selector')) return { output: '[pod/emf-pxe-x] PORT_TAKEN' }
    if (line.includes('get events')) return { output: 'OBJECT WARNING\nemf-pxe-x Failed to pull image' }
    if (line.includes('create namespace')) this.namespaces.set('emf-pxe', '')
    if (line.includes('delete namespace')) this.namespaces.delete('emf-pxe')
    if (line.includes('enforce=privileged')) this.namespaces.set('emf-pxe', 'privileged')
    if (line.endsWith('enforce-')) this.namespaces.set('emf-pxe', '')
    return {}
  }

  #helm([, verb]: readonly string[]) {
    if (verb === 'upgrade') {
      if (this.upgradeCode === 0) this.release = { chart: 'emf-pxe-0.1.0', values: this.wanted }
      return { exitCode: this.upgradeCode, output: 'Error: timed out waiting for the condition' }
    }
    if (verb === 'uninstall') this.release = undefined
    if (verb === 'status') return this.release === undefined ? { exitCode: 1 } : { stdout: '{"version":7}' }
    if (verb === 'list') return { stdout: JSON.stringify([{ chart: this.release?.chart }]) }
    if (verb === 'get') return { stdout: JSON.stringify(this.release?.values) }
    return {}
  }
}

function machineWithCluster(t: TestContext) {
  const machine = new Machine(t)
  const cluster = new Cluster()
  machine.answers.push(cluster.answer)
  machine.write('/root/.kube/config', kubeconfig)
  const before = { ...process.env }
  process.env.KUBECONFIG = '/root/.kube/config'
  t.after(() => {
    if (before.KUBECONFIG === undefined) delete process.env.KUBECONFIG
    else process.env.KUBECONFIG = before.KUBECONFIG
  })
  return { machine, cluster }
}

const removeAll = async (machine: Machine) => {
  const removal = await planRemoval(machine.host, sampleValues.paths.configFile, true)
  await remove(removal, machine.host, { done: () => {}, warned: (text) => assert.fail(text) })
}

describe('installing with Helm', () => {
  test('shows the cluster, prepares the namespace, installs, and leaves nothing when it goes', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    const before = machine.snapshot()
    await install('helm', sampleValues, machine.options())
    assert.match(
      machine.screen(),
      /Kubernetes context site \(https:\/\/10\.0\.0\.1:6443\): release emf-pxe, namespace emf-pxe/,
    )
    assert.equal(cluster.namespaces.get('emf-pxe'), 'privileged')
    assert.notEqual(cluster.release, undefined)
    const acting = machine.commands.filter((command) =>
      /^(helm upgrade|kubectl .*(create|label))/.test(command),
    )
    assert.ok(
      acting.every((command) => command.includes('context site')),
      acting.join('\n'),
    )

    await removeAll(machine)
    assert.deepEqual([cluster.release, [...cluster.namespaces]], [undefined, []])
    assert.deepEqual(machine.snapshot(), before)
    const ending = machine.commands.find((command) => command.includes('delete namespace'))
    assert.match(String(ending), /--timeout=\d+s$/, 'a node that is down is not waited for without end')
  })

  test('a second run changes nothing', async (t) => {
    const { machine } = machineWithCluster(t)
    await install('helm', sampleValues, machine.options())
    machine.commands.length = 0
    assert.equal((await install('helm', sampleValues, machine.options())).changed, false)
    assert.deepEqual(
      machine.commands.filter((command) => command.startsWith('helm upgrade')),
      [],
    )
  })

  test('a namespace of somebody else stays, without our label', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    cluster.namespaces.set('emf-pxe', '')
    await install('helm', sampleValues, machine.options())
    await removeAll(machine)
    assert.deepEqual([...cluster.namespaces], [['emf-pxe', '']])
  })

  test('a first installation that fails takes its namespace along', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    cluster.upgradeCode = 1
    await assert.rejects(install('helm', sampleValues, machine.options()), {
      code: 'DEPLOY_STEP_FAILED',
      message: /timed out waiting.*Failed to pull image/s,
    })
    assert.deepEqual([cluster.release, [...cluster.namespaces]], [undefined, []])
    assert.ok(machine.commands.some((command) => command.startsWith('helm uninstall emf-pxe')))
  })

  test('an upgrade that fails leaves the release that was there', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    await install('helm', sampleValues, machine.options())
    const release = cluster.release
    cluster.upgradeCode = 1
    const kubernetes = { ...sampleValues.kubernetes, imageTag: 'broken' }
    await assert.rejects(install('helm', { ...sampleValues, kubernetes }, machine.options()), {
      code: 'DEPLOY_STEP_FAILED',
    })
    assert.equal(cluster.release, release)
    assert.equal(cluster.namespaces.get('emf-pxe'), 'privileged')
  })

  test('pods that never become ready are quoted, and what was there before comes back', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    cluster.rolloutCode = 1
    await assert.rejects(install('helm', sampleValues, machine.options()), {
      code: 'DEPLOY_NOT_HEALTHY',
      message: /0 of 1 pods are available.*Failed to pull image.*PORT_TAKEN/s,
    })
    assert.deepEqual([cluster.release, [...cluster.namespaces]], [undefined, []])
    cluster.rolloutCode = 0
    await install('helm', sampleValues, machine.options())
    cluster.rolloutCode = 1
    const kubernetes = { ...sampleValues.kubernetes, imageTag: 'broken' }
    await assert.rejects(install('helm', { ...sampleValues, kubernetes }, machine.options()))
    assert.equal(
      machine.commands.filter((command) => command.startsWith('helm rollback emf-pxe 7 ')).length,
      1,
    )
    assert.notEqual(cluster.release, undefined)
  })

  test('without kubectl the label is named, and Helm makes the namespace', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    cluster.kubectl = false
    await install('helm', sampleValues, machine.options())
    assert.match(machine.screen(), /kubectl label namespace emf-pxe pod-security/)
    const upgrade = machine.commands.find((command) => command.startsWith('helm upgrade'))
    assert.match(String(upgrade), /--wait --atomic .*--create-namespace/)
  })

  test('with kubectl Helm does not wait: it would wait for nodes that are down', async (t) => {
    const { machine } = machineWithCluster(t)
    await install('helm', sampleValues, machine.options())
    const upgrade = machine.commands.find((command) => command.startsWith('helm upgrade'))
    assert.doesNotMatch(String(upgrade), /--wait|--atomic/)
  })

  test('a release that was refused before it was there is not missed', async (t) => {
    const { machine, cluster } = machineWithCluster(t)
    cluster.upgradeCode = 1
    machine.answers.unshift(([program, verb]) =>
      program === 'helm' && verb === 'uninstall'
        ? { exitCode: 1, output: 'Error: uninstall: Release not loaded: emf-pxe: release: not found' }
        : undefined,
    )
    await assert.rejects(install('helm', sampleValues, machine.options()), { code: 'DEPLOY_STEP_FAILED' })
    assert.doesNotMatch(machine.screen(), /Not undone/)
  })

  test('the chart lies beside the command while it runs', async (t) => {
    const { machine } = machineWithCluster(t)
    let seen = ''
    const run = machine.host.run
    const host = {
      ...machine.host,
      run: async (words: readonly string[], options?: { readonly directory?: string }) => {
        if (words[1] === 'upgrade')
          seen = readFileSync(join(options?.directory ?? '', 'emf-pxe/Chart.yaml'), 'utf8')
        if (words[1] === 'upgrade') assert.ok(existsSync(join(options?.directory ?? '', 'values.yaml')))
        return run(words, options)
      },
    }
    await install('helm', sampleValues, machine.options({ host }))
    assert.match(seen, /name: emf-pxe/)
  })

  test('no context, no Helm: each is named', async (t) => {
    const { machine } = machineWithCluster(t)
    machine.write('/root/.kube/config', 'contexts: []\n')
    await assert.rejects(install('helm', sampleValues, machine.options()), {
      code: 'DEPLOY_TOOL_MISSING',
      message: /No Kubernetes context is selected \(looked in \/root\/\.kube\/config\)/,
    })
    machine.answers.unshift(([program]) => (program === 'helm' ? { exitCode: 127 } : undefined))
    await assert.rejects(install('helm', sampleValues, machine.options()), {
      message: /helm is not installed here/,
    })
  })
})
