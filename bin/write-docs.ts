import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { madeDocuments } from './docs/documents.ts'

/** `node bin/write-docs.ts` writes the documents that are made from code; a test holds them current. */
const root = join(import.meta.dirname, '..')

for (const [path, text] of Object.entries(await madeDocuments())) {
  writeFileSync(join(root, path), text)
  console.log(path)
}
