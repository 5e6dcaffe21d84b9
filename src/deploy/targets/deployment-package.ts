import { join, resolve } from 'node:path'
import { packageArchiveName } from '../render/deployment-package.ts'
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
    notes: () => [],
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
