import type { DeployTarget } from '../values.ts'
import { deploymentPackageTarget } from './deployment-package.ts'
import { dockerTarget } from './docker.ts'
import { helmTarget } from './helm.ts'
import { systemdTarget } from './systemd.ts'
import type { Target } from './target.ts'

/** @param outputDirectory for the target that installs nothing and leaves a bundle there. */
export function targetOf(name: DeployTarget, outputDirectory: string): Target {
  if (name === 'systemd') return systemdTarget
  if (name === 'docker') return dockerTarget
  if (name === 'helm') return helmTarget
  return deploymentPackageTarget(outputDirectory)
}
