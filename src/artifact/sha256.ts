import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** In lower-case hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The same of a file; undefined when it is not there, or not ours to read. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(() => undefined)
  return bytes === undefined ? undefined : sha256Of(bytes)
}
