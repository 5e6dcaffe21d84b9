import { artifactErrors } from './catalog/artifact.ts'
import { configurationErrors } from './catalog/configuration.ts'
import { deployErrors } from './catalog/deploy.ts'
import { generalErrors } from './catalog/general.ts'
import { hostErrors } from './catalog/host.ts'
import { networkErrors } from './catalog/network.ts'
import { nodeErrors } from './catalog/node.ts'
import { orchestratorErrors } from './catalog/orchestrator.ts'
import { serviceErrors } from './catalog/service.ts'
import { systemErrors } from './catalog/system.ts'

/** Every error this program can end with. `docs/errors.md` has one section per code; a test keeps both in step. */
export const catalog = {
  ...generalErrors,
  ...configurationErrors,
  ...hostErrors,
  ...deployErrors,
  ...networkErrors,
  ...nodeErrors,
  ...orchestratorErrors,
  ...artifactErrors,
  ...serviceErrors,
  ...systemErrors,
} as const

export type ErrorCode = keyof typeof catalog
