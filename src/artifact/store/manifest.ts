import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { EmfPxeError } from '../../errors/error.ts'

export const manifestName = 'manifest.json'
export const manifestSchema = 'emf-pxe/artifact-store/1'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const entry = z.object({
  sha256,
  sizeBytes: z.int().min(1),
  /** Where it came from, without user name and password. */
  url: z.string(),
  /** Validators as the server gave them, for conditional requests. */
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  /** When these bytes first came, milliseconds since 1970. */
  fetchedAtMs: z.number(),
})
const manifest = z.object({
  schema: z.literal(manifestSchema),
  current: entry,
  /** What `rollback` returns to. */
  previous: entry.nullable(),
  /** What a person rolled back from: the same bytes are not taken again by themselves. */
  heldBack: sha256.nullable(),
})

/** One stored boot file. */
export type StoredEntry = z.output<typeof entry>
export type Manifest = z.output<typeof manifest>

/** Undefined when nothing was ever stored. @throws EmfPxeError ARTIFACT_STORE_DAMAGED */
export async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, manifestName)
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  try {
    return manifest.parse(JSON.parse(text))
  } catch (cause) {
    throw new EmfPxeError('ARTIFACT_STORE_DAMAGED', {
      message: `${path}: it cannot be read as a manifest of stored boot files.`,
      cause,
    })
  }
}

export function manifestText(value: Manifest): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
