import { dirname, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { EmfPxeError } from '../../errors/error.ts'
import type { DeployHost } from '../host.ts'
import { currentContext } from '../kubeconfig.ts'
import { ownValuesName } from '../own-values.ts'
import type { DesiredCommand, FileContent } from '../plan.ts'
import { releaseValues } from '../render/helm.ts'
import { configFile } from '../render/systemd.ts'
import type { RenderedFile, RenderValues } from '../values.ts'
import { awaitRollout, waitMinutes, warningEvents } from './helm-rollout.ts'
import type { Target } from './target.ts'
import { desired, installedProgram, named, needTool, yesNo } from './tools.ts'

/** A release in the Kubernetes cluster of the current context. */
export const helmTarget: Target = {
  name: 'helm',

  async check(host) {
    const hint = 'Install Helm 3.8 or later, or use emf-pxe render helm and install the chart elsewhere.'
    await needTool(host, ['helm', 'version', '--short'], hint)
    await currentContext(host, process.env)
  },

  async observe(host, values) {
    const context = await currentContext(host, process.env)
    const helm = helmCommand(context.name, values)
    const kubectl = await host.run(['kubectl', 'version', '--client', '--output', 'json'])
    const release = await host.run(helm('status', values.kubernetes.release, '--output', 'json'))
    return new Map([
      ['context', context.name],
      ['server', context.server],
      // By the install script; without it this program installs no other.
      ['program-installed', yesNo(await host.exists(values.paths.program[0]))],
      ['kubectl', yesNo(kubectl.exitCode === 0)],
      ...(release.exitCode === 0 ? revisionOf(release.stdout) : []),
      ['release-current', yesNo(release.exitCode === 0 && (await isCurrent(host, helm, values)))],
      ...(kubectl.exitCode === 0 ? await observeNamespace(host, context.name, values) : []),
    ])
  },

  specify(input) {
    const { values, files, facts } = input
    const site = named(files, 'values.yaml')
    const path = join(dirname(values.paths.configFile), 'helm', 'values.yaml')
    return {
      target: 'helm',
      items: [
        ...(facts.get('program-installed') === 'yes' ? installedProgram(input) : []),
        ...desired(configFile(values), 'configuration', 'what the servers do'),
        ...desired({ ...site, path }, 'configuration', 'values of this site'),
        ...files
          .filter(({ name }) => name === ownValuesName)
          .flatMap((file) => desired(file, 'configuration', 'values of your own')),
        ...(facts.get('kubectl') === 'yes' ? namespaceCommands(values, facts) : []),
        upgradeCommand(values, files, facts),
      ],
    }
  },

  async verify(host, values, tell) {
    await awaitRollout(host, (await currentContext(host, process.env)).name, values, tell)
  },

  notes({ values, facts }) {
    const { release, namespace } = values.kubernetes
    return [
      `Kubernetes context ${facts.get('context')} (${facts.get('server')}): release ${release}, namespace ${namespace}`,
      ...(facts.get('kubectl') === 'yes'
        ? []
        : [
            'kubectl is not here: where the cluster enforces Pod Security, the namespace needs a label:',
            `  kubectl label namespace ${namespace} pod-security.kubernetes.io/enforce=privileged`,
          ]),
    ]
  },

  afterwards: ({ kubernetes: { release, namespace } }) => [
    { what: 'Try it as a node would', command: `helm test ${release} --namespace ${namespace}` },
    {
      what: 'Its log',
      command: `kubectl logs --namespace ${namespace} --selector app.kubernetes.io/instance=${release} --follow`,
    },
    { what: 'To undo everything', command: 'emf-pxe uninstall' },
  ],
}

type HelmWords = (...words: readonly string[]) => readonly string[]

function helmCommand(context: string, { kubernetes }: RenderValues): HelmWords {
  return (...words) => ['helm', ...words, '--kube-context', context, '--namespace', kubernetes.namespace]
}

/** The same chart with the same values is deployed already. */
async function isCurrent(host: DeployHost, helm: HelmWords, values: RenderValues): Promise<boolean> {
  const { release } = values.kubernetes
  const list = await host.run(helm('list', '--deployed', '--filter', `^${release}$`, '--output', 'json'))
  const present = await host.run(helm('get', 'values', release, '--output', 'json'))
  try {
    const [entry] = JSON.parse(list.stdout) as { chart: string }[]
    return (
      entry?.chart === `emf-pxe-${values.version}` &&
      isDeepStrictEqual(JSON.parse(present.stdout), releaseValues(values))
    )
  } catch {
    return false
  }
}

async function observeNamespace(
  host: DeployHost,
  context: string,
  values: RenderValues,
): Promise<[string, string][]> {
  const { namespace } = values.kubernetes
  const label = 'jsonpath={.metadata.labels.pod-security\\.kubernetes\\.io/enforce}'
  const words = ['kubectl', '--context', context, 'get', 'namespace', namespace, '--output', label]
  const found = await host.run(words)
  if (found.exitCode !== 0 && !/NotFound/.test(found.output))
    throw new EmfPxeError('DEPLOY_TOOL_MISSING', {
      message: `The cluster of context ${context} does not answer: ${found.output.trim().split('\n').at(-1) ?? ''}`,
      hint: `kubectl --context ${context} get nodes`,
    })
  return [
    ['namespace-exists', yesNo(found.exitCode === 0)],
    ['namespace-privileged', yesNo(found.stdout.trim() === 'privileged')],
  ]
}

function namespaceCommands(
  { kubernetes }: RenderValues,
  facts: ReadonlyMap<string, string>,
): readonly DesiredCommand[] {
  const { namespace } = kubernetes
  const kubectl = ['kubectl', '--context', facts.get('context') ?? '']
  const label = 'pod-security.kubernetes.io/enforce'
  const existed = facts.get('namespace-exists') === 'yes'
  return [
    {
      kind: 'command',
      id: 'namespace',
      title: `kubectl create namespace ${namespace}`,
      run: [...kubectl, 'create', 'namespace', namespace],
      // Somebody else's namespace stays, and so does what else is in it. The pod of a node that is down
      // is gone only when that node is back: until then nobody waits for it here.
      ...(existed ? {} : { undo: [...kubectl, 'delete', 'namespace', namespace, '--timeout=60s'] }),
      unless: 'namespace-exists',
    },
    {
      kind: 'command',
      id: 'pod-security',
      title: `kubectl label namespace ${namespace} ${label}=privileged`,
      run: [...kubectl, 'label', '--overwrite', 'namespace', namespace, `${label}=privileged`],
      ...(existed ? { undo: [...kubectl, 'label', 'namespace', namespace, `${label}-`] } : {}),
      unless: 'namespace-privileged',
    },
  ]
}

function upgradeCommand(
  values: RenderValues,
  files: readonly RenderedFile[],
  facts: ReadonlyMap<string, string>,
): DesiredCommand {
  const { kubernetes } = values
  const { release } = kubernetes
  const context = facts.get('context') ?? ''
  const helm = helmCommand(context, values)
  const revision = facts.get('release-revision')
  return {
    kind: 'command',
    id: 'release',
    title: `helm upgrade --install ${release} (namespace ${kubernetes.namespace})`,
    run: helm('upgrade', '--install', release, './emf-pxe', ...valuesFlags(files), ...waiting(facts)),
    undo: helm('uninstall', release, '--wait'),
    // Refused before there was a release.
    nothingToUndo: /release: not found/,
    // By its number: an upgrade that was refused at once has made no revision to go back from.
    ...(revision === undefined ? {} : { restore: helm('rollback', release, revision) }),
    ...waitedFor(context, kubernetes.namespace, facts),
    unless: 'release-current',
    afterChange: true,
    timeoutMs: (2 * waitMinutes + 1) * 60_000,
    workplace: files.map(({ name, content, mode }) => ({ name, content: contentOf(content), mode })),
  }
}

function valuesFlags(files: readonly RenderedFile[]): readonly string[] {
  const own = files.some(({ name }) => name === ownValuesName)
  return ['--values', 'values.yaml', ...(own ? ['--values', ownValuesName] : [])]
}

/** With kubectl we wait ourselves: Helm would wait for nodes that are down, and then take everything back. */
function waiting(facts: ReadonlyMap<string, string>): readonly string[] {
  if (facts.get('kubectl') === 'yes') return []
  return ['--wait', '--atomic', '--timeout', `${waitMinutes}m`, '--create-namespace']
}

function waitedFor(
  context: string,
  namespace: string,
  facts: ReadonlyMap<string, string>,
): Partial<DesiredCommand> {
  if (facts.get('kubectl') === 'yes') return { whyFailed: warningEvents(context, namespace) }
  // `--atomic` rolls a failed upgrade back, for which it takes as long again.
  return { takesItselfBack: true }
}

function revisionOf(status: string): [string, string][] {
  try {
    const { version } = JSON.parse(status) as { readonly version?: number }
    return version === undefined ? [] : [['release-revision', String(version)]]
  } catch {
    return []
  }
}

function contentOf(content: string | Uint8Array): FileContent {
  return typeof content === 'string' ? { text: content } : { bytes: content }
}
