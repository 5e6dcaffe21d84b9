import type { KubernetesValues } from './values.ts'

export interface KubernetesAnswers {
  readonly release?: string | undefined
  readonly namespace?: string | undefined
  readonly image?: string | undefined
  readonly 'chart-registry'?: string | undefined
}

/** What the flags say, and nothing for those that were not given. */
export function kubernetesValues(flags: KubernetesAnswers): Partial<KubernetesValues> {
  const { release, namespace, image, 'chart-registry': chartRegistry } = flags
  return {
    ...(release === undefined ? {} : { release }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(image === undefined ? {} : splitImage(image)),
    ...(chartRegistry === undefined ? {} : { chartRegistry }),
  }
}

/** A colon after the last slash begins the tag; one before it is the port of a registry. */
function splitImage(image: string): Partial<KubernetesValues> {
  const match = /^(.+?)(?::([^/:]+))?$/.exec(image)
  const [repository, tag] = [match?.[1] ?? image, match?.[2]]
  return tag === undefined ? { imageRepository: repository } : { imageRepository: repository, imageTag: tag }
}
