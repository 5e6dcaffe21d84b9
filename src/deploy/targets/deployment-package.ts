import { join, resolve } from 'node:path'
import { packageArchiveName } from '../render/deployment-package.ts'
import { exampleChartRegistry, type KubernetesValues } from '../values.ts'
import type { Target } from './target.ts'
import { desired } from './tools.ts'

/** Files for the orchestrator's application catalog; nothing is installed on this machine. */
export function deploymentPackageTarget(outputDirectory: string): Target {
  return {
    name: 'deployment-package',
    async check() {},
    observe: async () => new Map(),
    specify: ({ files }) => ({
      target: 'deployment-package',
      items: files.flatMap((file) =>
        desired({ ...file, path: resolve(outputDirectory, file.name) }, 'service', describe(file.name)),
      ),
    }),
    async verify() {},
    notes: ({ values }) => examplesIn(values.kubernetes),
    afterwards: ({ version, kubernetes }) => [
      {
        what: 'Put the chart where the orchestrator finds it',
        command: `helm push ${join(outputDirectory, `emf-pxe-${version}.tgz`)} ${kubernetes.chartRegistry}`,
      },
      {
        what: 'Import it: Deployments > Deployment Packages > Import From File, or from here with --upload',
        command: join(outputDirectory, packageArchiveName(version)),
      },
    ],
  }
}

function describe(name: string): string {
  if (name.endsWith('.tar.gz')) return 'to import into the orchestrator'
  if (name.endsWith('.tgz')) return 'the chart, for its registry'
  return 'part of the package'
}

/** What a person must still name: without it the orchestrator takes the package, and its clusters find nothing. */
function examplesIn({ chartRegistry, imageRepository }: KubernetesValues): string[] {
  const isExample = chartRegistry === exampleChartRegistry
  const hasRegistry = imageRepository.includes('/')
  return [
    ...(isExample
      ? [`${chartRegistry} is only an example: name your registry with --chart-registry URL.`]
      : []),
    ...(hasRegistry ? [] : [`The image ${imageRepository} is in no registry: name it with --image IMAGE.`]),
  ]
}
