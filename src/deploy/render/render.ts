import type { DeployTarget, ReadTemplate, RenderedFile, RenderValues } from '../values.ts'
import { renderDeploymentPackage } from './deployment-package.ts'
import { renderDocker } from './docker.ts'
import { renderHelm } from './helm.ts'
import { renderSystemd } from './systemd.ts'

type Renderer = (values: RenderValues, readTemplate: ReadTemplate) => readonly RenderedFile[]

const renderers: Readonly<Record<DeployTarget, Renderer>> = {
  systemd: renderSystemd,
  docker: renderDocker,
  helm: renderHelm,
  'deployment-package': renderDeploymentPackage,
}

/**
 * The files of one target, exactly as `emf-pxe init --target` applies them. Pure: nothing is read
 * from the machine. Throws DEPLOY_PATH_UNUSABLE or PACKAGE_INVALID for values that cannot work.
 */
export function render(
  target: DeployTarget,
  values: RenderValues,
  readTemplate: ReadTemplate,
): readonly RenderedFile[] {
  return renderers[target](values, readTemplate)
}
