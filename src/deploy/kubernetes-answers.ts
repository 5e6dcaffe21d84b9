import { readOwnValues } from './own-values.ts'
import type { KubernetesValues } from './values.ts'

export interface KubernetesAnswers {
  readonly release?: string | undefined
  readonly namespace?: string | undefined
  readonly image?: string | undefined
  readonly 'chart-registry'?: string | undefined
  /** A path. */
  readonly values?: string | undefined
}

/**
 * What the flags say, and nothing for those that were not given. An image without a tag takes this
 * version. @throws EmfPxeError USAGE for a file of values that cannot be used
 */
export function kubernetesValues(flags: KubernetesAnswers, version: string): Partial<KubernetesValues> {
  const { release, namespace, image, values, 'chart-registry': chartRegistry } = flags
  return {
    ...(release === undefined ? {} : { release }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(image === undefined ? {} : { imageTag: version, ...splitImage(image) }),
    ...(chartRegistry === undefined ? {} : { chartRegistry }),
    ...(values === undefined ? {} : { ownValues: readOwnValues(values) }),
  }
}

/** A colon after the last slash begins the tag; one before it is the port of a registry. */
function splitImage(image: string): Partial<KubernetesValues> {
  const match = /^(.+?)(?::([^/:]+))?$/.exec(image)
  const [repository, tag] = [match?.[1] ?? image, match?.[2]]
  return tag === undefined ? { imageRepository: repository } : { imageRepository: repository, imageTag: tag }
}
