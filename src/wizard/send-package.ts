import type { Config } from '../config/schema.ts'
import { uploadPackage } from '../deploy/upload.ts'
import { exampleChartRegistry, type RenderValues } from '../deploy/values.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { Secret } from '../orchestrator/secret.ts'
import { escapeText } from '../ui/text.ts'
import { type ApiSurroundings, chooseProject, openApi } from './open-api.ts'

export interface UploadFlags {
  readonly project: string | undefined
  /** A path, or `-` for stdin. */
  readonly tokenFile?: string | undefined
  /** When it has been read already. */
  readonly token?: Secret | undefined
}

/**
 * Sends the Deployment Package to a project's application catalog, after asking; returns the project.
 * @throws EmfPxeError PACKAGE_INVALID, ANSWER_MISSING, TOKEN_…, CATALOG_…, HTTP_…, ABORTED
 */
export async function sendPackage(
  values: RenderValues,
  orchestrator: Config['orchestrator'],
  flags: UploadFlags,
  around: ApiSurroundings,
): Promise<string> {
  const { ui } = around
  refuseExample(values.kubernetes.chartRegistry)
  const access = await openApi(orchestrator, flags, around)
  const project = flags.project ?? (await chooseProject(access, around))
  const message = `Send the Deployment Package to project ${escapeText(project)}?`
  if (!(await ui.prompts.confirm({ message, flag: '--yes' })))
    throw new EmfPxeError('ABORTED', { message: 'Nothing was sent.' })
  await uploadPackage(values, access, project)
  ui.done(`The catalog of project ${escapeText(project)} has taken emf-pxe ${values.version}`)
  return project
}

/** The catalog takes any address; clusters would look for the chart where there is none. */
export function refuseExample(chartRegistry: string | undefined): void {
  if (chartRegistry !== undefined && chartRegistry !== exampleChartRegistry) return
  throw new EmfPxeError('ANSWER_MISSING', {
    message: 'The Deployment Package does not say from which registry the orchestrator takes the chart.',
    hint: 'Pass --chart-registry URL',
  })
}
