import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { missing } from '../support/needs.ts'
import { cached, run } from './support/cache.ts'
import { kubernetesSchemas } from './tools/kubernetes-schemas.ts'

const root = join(import.meta.dirname, '../..')
const chart = join(root, 'templates/helm/emf-pxe')
const releases = ['v1.31.14', 'v1.37.2'] as const
const site = ['--set', 'orchestrator.fqdn=edge.example.com']
const skip = missing('go:golang', 'shellcheck:shellcheck')

let tools = ''
const helm = (...words: readonly string[]) =>
  spawnSync(join(tools, 'helm'), words, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })

/** Rows of the matrix: each turns on what another leaves off. */
const matrix: readonly [name: string, words: readonly string[]][] = [
  ['the smallest installation', site],
  ['the values for continuous integration: DaemonSet', ['--values', join(chart, 'ci/daemonset-values.yaml')]],
  [
    'the values for continuous integration: Deployment',
    ['--values', join(chart, 'ci/deployment-values.yaml')],
  ],
  [
    'a Deployment with a claim',
    [
      ...site,
      '--set',
      'kind=Deployment,persistence.type=persistentVolumeClaim,persistence.storageClass=fast',
    ],
  ],
  [
    'a claim that exists',
    [
      ...site,
      '--set',
      'kind=Deployment,persistence.type=persistentVolumeClaim,persistence.existingClaim=mine',
    ],
  ],
  ['nothing kept', [...site, '--set', 'persistence.type=emptyDir']],
  [
    'an artifact URL and a fingerprint',
    [
      '--set',
      `orchestrator.artifactUrl=https://files.example.com/ipxe.efi,orchestrator.trustFingerprint=${'ab:'.repeat(31)}ab`,
    ],
  ],
  [
    'a CA',
    [
      ...site,
      '--set',
      'orchestrator.caCertificate=-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----',
    ],
  ],
  ['a token of the chart’s own', [...site, '--set', 'token.value=secret']],
  ['a token that exists', [...site, '--set', 'token.existingSecret=mine,token.key=jwt']],
  [
    'metrics for everybody, and a ServiceMonitor',
    [...site, '--set', 'metrics.expose=true,metrics.serviceMonitor.enabled=true'],
  ],
  [
    'no service account, no disruption budget',
    [...site, '--set', 'serviceAccount.create=false,kind=Deployment,podDisruptionBudget.enabled=false'],
  ],
  ['an image by digest', [...site, '--set', `image.digest=sha256:${'a'.repeat(64)}`]],
  ['no resources, a priority', [...site, '--set', 'resources=null,priorityClassName=system-node-critical']],
  [
    'a percentage in the disruption budget',
    [...site, '--set', 'kind=Deployment,replicas=3,podDisruptionBudget.maxUnavailable=34%'],
  ],
  [
    'names of one’s own',
    [...site, '--set', 'fullnameOverride=pxe,podLabels.a=b,podAnnotations.c=d,commonLabels.site=hamburg'],
  ],
]

/** A value that must be refused, and what the message must name. */
const refused: readonly [set: string, said: RegExp][] = [
  ['interface=a b', /at '\/interface'/],
  ['interface=10.0.0.0/24/8', /at '\/interface'/],
  ['interfaces[0].host=worker-1', /at '\/interfaces\/0'.*missing property 'name'/s],
  ['interfaces[0].nic=eth1', /additional properties 'nic' not allowed/],
  ['orchestrator.fqdn=edge_1', /at '\/orchestrator\/fqdn'/],
  ['orchestrator.artifactUrl=http://example.com/ipxe.efi', /at '\/orchestrator\/artifactUrl'/],
  ['orchestrator.caCertificate=/etc/ca.pem', /at '\/orchestrator\/caCertificate'/],
  ['orchestrator.trustFingerprint=abc', /at '\/orchestrator\/trustFingerprint'/],
  ['orchestrator.url=x', /additional properties 'url' not allowed/],
  ['image.tag=a b', /at '\/image\/tag'/],
  ['image.digest=sha256:12', /at '\/image\/digest'/],
  ['image.repository=', /at '\/image\/repository'/],
  [
    'image.pullPolicy=Sometimes',
    /at '\/image\/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'/,
  ],
  ['imagePullSecrets[0]=registry', /at '\/imagePullSecrets\/0': got string, want object/],
  ['kind=StatefulSet', /at '\/kind': value must be one of 'DaemonSet', 'Deployment'/],
  ['replicas=0', /at '\/replicas': minimum: got 0, want 1/],
  ['replicas=two', /at '\/replicas': got string, want integer/],
  ['persistence.type=nfs', /at '\/persistence\/type': value must be one of/],
  ['persistence.hostPath=/', /at '\/persistence\/hostPath'/],
  ['persistence.size=1 GB', /at '\/persistence\/size'/],
  ['persistence.accessModes[0]=ReadOnlyMany', /at '\/persistence\/accessModes\/0': value must be one of/],
  ['metrics.port=80', /at '\/metrics\/port': minimum: got 80/],
  ['metrics.expose=maybe', /at '\/metrics\/expose': got string, want boolean/],
  ['metrics.serviceMonitor.interval=30', /at '\/metrics\/serviceMonitor\/interval'/],
  ['podDisruptionBudget.maxUnavailable=many', /at '\/podDisruptionBudget\/maxUnavailable'/],
  ['proxy.httpsProxy=proxy:3128', /at '\/proxy\/httpsProxy'/],
  ['token.key=a/b', /at '\/token\/key'/],
  ['nodeSelector.zone=1', /at '\/nodeSelector\/zone': got number, want string/],
  ['intreface=eth1', /additional properties 'intreface' not allowed/],
  // What the schema cannot say in plain words, the templates do.
  ['orchestrator.fqdn=', /orchestrator\.fqdn is missing: name the orchestrator's domain/],
  ['persistence.type=persistentVolumeClaim', /needs kind Deployment with one replica/],
  ['kind=Deployment,replicas=2,persistence.type=persistentVolumeClaim', /allows one replica/],
  ['metrics.serviceMonitor.enabled=true', /needs metrics\.expose=true/],
  ['token.value=x,token.existingSecret=y', /choose one/],
]

describe('the Helm chart', { skip }, () => {
  before(() => {
    tools = run('sh', [join(import.meta.dirname, 'tools/get-helm.sh')]).trim()
  })

  for (const values of ['', ...readdirSync(join(chart, 'ci'))]) {
    test(`helm lint --strict finds nothing, with ${values || 'the defaults'}`, () => {
      const words = values === '' ? [] : ['--values', join(chart, 'ci', values)]
      const { status, stdout, stderr } = helm('lint', '--strict', chart, ...words)
      assert.equal(status, 0, stdout + stderr)
    })
  }

  for (const release of releases) {
    test(`what it makes is valid for Kubernetes ${release}, strictly`, () => {
      const schemas = kubernetesSchemas(release)
      for (const [name, words] of matrix) {
        const drawn = helm(
          'template',
          'site',
          chart,
          '--namespace',
          'edge',
          '--kube-version',
          release,
          ...words,
        )
        assert.equal(drawn.status, 0, `${name}: ${drawn.stderr}`)
        const checked = spawnSync(
          join(tools, 'kubeconform'),
          [
            '-strict',
            '-summary',
            '-skip',
            'ServiceMonitor',
            '-schema-location',
            `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`,
          ],
          { encoding: 'utf8', input: drawn.stdout },
        )
        assert.equal(checked.status, 0, `${name}:\n${checked.stdout}${checked.stderr}`)
        assert.match(checked.stdout, /Valid: [3-9], Invalid: 0, Errors: 0/, name)
      }
    })
  }

  test('the check with Kubernetes’ schemas can fail', () => {
    const schemas = kubernetesSchemas(releases[0])
    const input = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndatta: {}\n'
    const location = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`
    const { status, stdout } = spawnSync(
      join(tools, 'kubeconform'),
      ['-strict', '-schema-location', location],
      { encoding: 'utf8', input },
    )
    assert.notEqual(status, 0)
    assert.match(stdout, /datta/)
  })

  for (const [set, said] of refused) {
    test(`refuses ${set}`, () => {
      const words = /orchestrator\.fqdn/.test(set) ? ['--set', set] : [...site, '--set', set]
      const { status, stderr } = helm('template', 'site', chart, ...words)
      assert.equal(status, 1)
      assert.match(stderr, said)
    })
  }

  test('the pod asks for the node’s network and one capability, and for nothing else', () => {
    const { stdout } = helm('template', 'site', chart, ...site)
    const pod = parseAllDocuments(stdout)
      .map((document) => document.toJS())
      .find((document) => document.kind === 'DaemonSet').spec.template.spec
    const [server] = pod.containers
    assert.equal(pod.hostNetwork, true)
    assert.deepEqual(
      [pod.hostPID, pod.hostIPC, server.securityContext.privileged],
      [undefined, undefined, undefined],
    )
    assert.deepEqual(server.securityContext.capabilities, { drop: ['ALL'], add: ['NET_BIND_SERVICE'] })
    assert.equal(server.securityContext.readOnlyRootFilesystem, true)
    assert.deepEqual([pod.securityContext.runAsNonRoot, pod.securityContext.runAsUser], [true, 65532])
  })

  test('the pod of `helm test` is never taken for a server', () => {
    const { stdout } = helm('template', 'site', chart, ...site)
    const documents = parseAllDocuments(stdout).map((document) => document.toJS())
    const selector = documents.find((document) => document.kind === 'DaemonSet').spec.selector.matchLabels
    const labels = documents.find((document) => document.kind === 'Pod').metadata.labels
    assert.ok(Object.entries(selector).some(([key, value]) => labels[key] !== value))
  })

  test('a changed configuration starts the pods anew', () => {
    const checksum = (...words: string[]) =>
      /checksum\/config: (\S+)/.exec(helm('template', 'site', chart, ...site, ...words).stdout)?.[1]
    assert.notEqual(checksum(), checksum('--set', 'config.relay=true'))
  })

  test('what emf-pxe renders for a site is taken by the chart', () => {
    const directory = cached(`helm-site-${process.pid}`, () => {})
    const rendered = run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      join(root, 'bin/run.ts'),
      ...['render', 'helm', '--interface', '10.20.0.0/24', '--orchestrator', 'edge.example.com', '--json'],
    ])
    const { files } = JSON.parse(rendered) as { files: { name: string; text: string }[] }
    const values = join(directory, 'values.yaml')
    writeFileSync(values, files.find((file) => file.name === 'values.yaml')?.text ?? '')
    const { status, stdout, stderr } = helm('template', 'site', chart, '--values', values)
    run('rm', ['-r', directory])
    assert.equal(status, 0, stderr)
    assert.match(stdout, /- name: 10\.20\.0\.0\/24/)
  })
})
