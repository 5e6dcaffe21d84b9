import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { ArtifactStore } from './store/store.ts'

const checkName = 'last-check.json'
const checkSchema = 'emf-pxe/artifact-check/1'

const problem = z.object({ code: z.string(), message: z.string(), hint: z.string() })
const lastCheck = z.object({
  schema: z.literal(checkSchema),
  /** Milliseconds since 1970. */
  atMs: z.number(),
  outcome: z.enum(['replaced', 'unchanged', 'kept']),
  /** Why what was there was kept. */
  reason: problem.nullable(),
  /** What is wrong with the file that is served now. */
  findings: z.array(problem.extend({ severity: z.enum(['error', 'warning']) })),
  /** The endpoint's certificate as it was shown; null when nothing was reached. */
  served: z.object({ sha256: z.string(), validUntilMs: z.number() }).nullable(),
  /** Fingerprints that the file trusts, as far as they can be made out. */
  trusted: z.array(z.string()),
})

/** How the last look at the orchestrator went, for `status` in another process. */
export type LastCheck = Omit<z.output<typeof lastCheck>, 'schema'>

/** Undefined when there was none, or its notes cannot be read. */
export async function readLastCheck(store: Pick<ArtifactStore, 'directory'>): Promise<LastCheck | undefined> {
  const text = await readFile(join(store.directory, checkName), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const { schema: _, ...check } = lastCheck.parse(JSON.parse(text))
    return check
  } catch {
    return undefined
  }
}

/** Notes are not worth failing for: a full disk has its own words elsewhere. */
export async function writeLastCheck(store: ArtifactStore, check: LastCheck): Promise<void> {
  const text = `${JSON.stringify({ schema: checkSchema, ...check }, undefined, 2)}\n`
  await store.note(checkName, text).catch(() => undefined)
}
