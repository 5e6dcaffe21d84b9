import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CommandResult, DeployHost } from '../../src/deploy/host.ts'
import { awaitRollout } from '../../src/deploy/targets/helm-rollout.ts'
import {
  type KubernetesObject,
  type Standing,
  standingOf,
} from '../../src/deploy/targets/rollout-standing.ts'
import { sampleValues } from './support.ts'

/** Fields of real answers (Kubernetes 1.33), without those that nothing looks at. */
const daemonSet = (wanted: number, nodeSelector = {}): KubernetesObject => ({
  kind: 'DaemonSet',
  metadata: { name: 'emf-pxe', generation: 3 },
  spec: { template: { spec: { nodeSelector } } },
  status: { observedGeneration: 3, desiredNumberScheduled: wanted },
})
const revision = (hash: string, number: number): KubernetesObject => ({
  kind: 'ControllerRevision',
  metadata: { name: `emf-pxe-${hash}`, labels: { 'controller-revision-hash': hash } },
  revision: number,
})
const pod = (node: string, hash: string, ready = true, leaving = false): KubernetesObject => ({
  kind: 'Pod',
  metadata: {
    name: `emf-pxe-on-${node}`,
    labels: { 'controller-revision-hash': hash },
    ...(leaving ? { deletionTimestamp: '2026-11-23T07:00:00Z' } : {}),
  },
  spec: { nodeName: node },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
})
const node = (name: string, status: 'True' | 'Unknown', labels = {}): KubernetesObject => ({
  kind: 'Node',
  metadata: { name, labels },
  status: {
    conditions: [
      { type: 'MemoryPressure', status },
      {
        type: 'Ready',
        status,
        message:
          status === 'True' ? 'kubelet is posting ready status' : 'Kubelet stopped posting node status.',
        lastTransitionTime: '2026-11-23T06:59:00Z',
      },
    ],
  },
})

const revisions = [revision('old', 1), revision('new', 2)]
const edges = [node('edge-1', 'True'), node('edge-2', 'Unknown')]

describe('how far a DaemonSet has come', () => {
  const rows: readonly [string, KubernetesObject[], Partial<Standing>][] = [
    [
      'the pod of a node that is down counts for nothing',
      [daemonSet(2), ...revisions, pod('edge-1', 'new'), pod('edge-2', 'old', false, true)],
      { isServing: true, heldBack: undefined },
    ],
    [
      'a pod that is not ready on a node that is there',
      [daemonSet(2), ...revisions, pod('edge-1', 'new', false), pod('edge-2', 'new', false)],
      { isServing: false, heldBack: undefined },
    ],
    [
      'a node that is down uses up what may be away: the pod of before is held back',
      [daemonSet(2), ...revisions, pod('edge-1', 'old'), pod('edge-2', 'old', false, true)],
      { isServing: false, heldBack: 'emf-pxe-on-edge-1' },
    ],
    [
      'while another pod is on its way, nothing is taken for stuck',
      [
        daemonSet(3),
        ...revisions,
        pod('edge-1', 'old'),
        pod('edge-3', 'new', false),
        pod('edge-2', 'old', false),
      ],
      { isServing: false, heldBack: undefined },
    ],
    [
      'a node that is there still waits for its pod',
      [daemonSet(3), ...revisions, pod('edge-1', 'new'), pod('edge-2', 'new', false)],
      { isServing: false, heldBack: undefined },
    ],
    [
      'a rollback: the old revision is the latest again',
      [daemonSet(2), revision('old', 3), revision('new', 2), pod('edge-1', 'old')],
      { isServing: false },
    ],
    ['no pod at all is not serving', [daemonSet(1), ...revisions], { isServing: false }],
  ]
  for (const [name, objects, expected] of rows)
    test(name, () => {
      const standing = standingOf(objects, edges)
      for (const [key, value] of Object.entries(expected))
        assert.deepEqual(standing?.[key as keyof typeof standing], value, key)
    })

  test('a node that the selector leaves out is nobody’s loss', () => {
    const nodes = [node('edge-1', 'True'), node('gpu-1', 'Unknown', { kind: 'gpu' })]
    const away = (selector: object) =>
      standingOf([daemonSet(1, selector)], nodes)?.away.map(({ name }) => name)
    assert.deepEqual(away({ kind: 'pxe' }), [])
    assert.deepEqual(away({}), ['gpu-1'])
  })
})

/** A cluster whose answers are as given; `rollout status` never succeeds. */
function cluster(objects: () => readonly KubernetesObject[], nodes: readonly KubernetesObject[]) {
  const commands: string[] = []
  const run = async (words: readonly string[]): Promise<CommandResult> => {
    const line = words.join(' ')
    commands.push(line)
    const said = (stdout: string, exitCode = 0) => ({ exitCode, stdout, output: stdout })
    if (line.includes('rollout status')) return said('error: timed out waiting for the condition', 1)
    if (line.includes('get daemonsets')) return said(JSON.stringify({ items: objects() }))
    if (line.includes('get nodes')) return said(JSON.stringify({ items: nodes }))
    return said('')
  }
  return { commands, host: { run } as unknown as DeployHost }
}

describe('waiting for a rollout', () => {
  const waitIn = async ({ host }: ReturnType<typeof cluster>) => {
    const told: string[] = []
    await awaitRollout(host, 'site', sampleValues, (warning) => told.push(warning))
    return told
  }

  test('a node that is down is named once, and not waited for', async () => {
    let looks = 0
    const site = cluster(() => {
      looks += 1
      return [daemonSet(2), ...revisions, pod('edge-1', 'new', looks > 2), pod('edge-2', 'new', false)]
    }, edges)
    const told = await waitIn(site)
    assert.equal(told.length, 1)
    assert.match(
      String(told[0]),
      /^The node edge-2 is down \(Kubelet stopped posting node status, since 2026-/,
    )
    assert.equal(looks, 3, 'seconds, not minutes')
  })

  test('a pod that is held back is replaced, and then it is done', async () => {
    const site = cluster(() => {
      const isReplaced = site.commands.some((line) => line.endsWith('delete pod emf-pxe-on-edge-1'))
      return [
        daemonSet(2),
        ...revisions,
        pod('edge-1', isReplaced ? 'new' : 'old'),
        pod('edge-2', 'old', false),
      ]
    }, edges)
    await waitIn(site)
    assert.equal(site.commands.filter((line) => line.includes('delete pod')).length, 1)
  })

  test('who may not see nodes waits for all of them, and is told what the cluster says', async () => {
    const site = cluster(
      () => [daemonSet(2), ...revisions, pod('edge-1', 'new'), pod('edge-2', 'new', false)],
      [],
    )
    await assert.rejects(waitIn(site), { code: 'DEPLOY_NOT_HEALTHY', message: /timed out waiting/ })
  })

  test('a Deployment, or other names, by values of the operator’s own', async () => {
    const statusOf = async (ownValues: string) => {
      const commands: string[] = []
      const host = {
        run: async (words: readonly string[]) => {
          commands.push(words.join(' '))
          return { exitCode: 0, stdout: '', output: '' }
        },
      } as unknown as DeployHost
      const kubernetes = { ...sampleValues.kubernetes, release: 'site', ownValues }
      await awaitRollout(host, 'site', { ...sampleValues, kubernetes }, () => {})
      return commands.join('\n')
    }
    assert.match(await statusOf('kind: Deployment'), /rollout status deployment\/site-emf-pxe /)
    const named = await statusOf('{nameOverride: pxe}')
    assert.match(named, /rollout status daemonset\/site-pxe /)
    assert.match(named, /name=pxe,app\.kubernetes\.io\/instance=site/)
    assert.match(await statusOf('{fullnameOverride: boot}'), /rollout status daemonset\/boot /)
  })

  test('a cluster in which no node takes a pod is no success', async () => {
    const site = cluster(() => [daemonSet(0, { pxe: 'yes' })], edges)
    const host = {
      run: async (words: readonly string[]) => ({ ...(await site.host.run(words)), exitCode: 0 }),
    } as unknown as DeployHost
    await assert.rejects(waitIn({ ...site, host }), {
      message: /none fits its node selector and tolerations/,
    })
  })
})
