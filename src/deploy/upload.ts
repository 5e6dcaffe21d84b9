import type { ApiAccess } from '../orchestrator/api.ts'
import { uploadToCatalog } from '../orchestrator/catalog.ts'
import { packageFiles } from './render/deployment-package.ts'
import type { RenderValues } from './values.ts'

/**
 * Sends the Deployment Package to the orchestrator's catalog: all of its files or none.
 * Throws PACKAGE_INVALID before anything is sent, CATALOG_CONFLICT, CATALOG_REJECTED, HTTP_….
 */
export async function uploadPackage(values: RenderValues, access: ApiAccess, project: string): Promise<void> {
  const files = packageFiles(values).map(({ name, content }) => ({
    fileName: name,
    bytes: Buffer.from(content),
  }))
  await uploadToCatalog(access, project, files)
}
