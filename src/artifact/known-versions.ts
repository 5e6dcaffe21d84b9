import { EmfPxeError } from '../errors/error.ts'
import type { KnownVersions } from './download/options.ts'
import type { Manifest, StoredEntry } from './store/manifest.ts'
import type { LoadedArtifact } from './store/store.ts'

/** What a refresh knows before it asks. */
export interface Present {
  /** The file that is served; undefined when there is none. */
  readonly stored: LoadedArtifact | undefined
  /** The file that was rolled back, unless a person asks for it. */
  readonly heldBack: StoredEntry | undefined
}

export function presentFrom(
  stored: LoadedArtifact | undefined,
  manifest: Manifest | undefined,
  evenIfHeldBack: boolean,
): Present {
  const { previous = null, heldBack } = manifest ?? {}
  const isHeld = previous !== null && previous.sha256 === heldBack && !evenIfHeldBack
  return { stored, heldBack: isHeld ? previous : undefined }
}

/**
 * What need not come again from `url`: the current file while it is intact, and one that was rolled
 * back. Validators of another URL mean nothing here.
 */
export function knownVersions({ stored, heldBack }: Present, url: string): KnownVersions | undefined {
  if (stored === undefined || stored.isFallback) return undefined
  const entries = [stored.entry, heldBack].filter((entry) => entry?.url === url)
  const etags = entries.map((entry) => entry?.etag).filter((etag) => etag !== undefined)
  return entries.length === 0 ? undefined : { etags, lastModified: entries[0]?.lastModified }
}

/** Does the server have the file that was rolled back? Told by its ETag, or by its bytes. */
export function isHeldBack(
  { stored, heldBack }: Present,
  seen: { etag?: string | undefined; sha256?: string },
): boolean {
  if (heldBack === undefined) return false
  const byEtag =
    heldBack.etag !== undefined && heldBack.etag === seen.etag && seen.etag !== stored?.entry.etag
  return byEtag || heldBack.sha256 === seen.sha256
}

export function heldBackError(): EmfPxeError {
  return new EmfPxeError('ARTIFACT_HELD_BACK', {
    message: 'The orchestrator still has the boot file that was rolled back; it was not taken again.',
  })
}
