import { chmod, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { makeDirectory } from '../config/make-directory.ts'
import type { RenderedFile } from './values.ts'

/** Writes rendered files below a directory of a person's choice; returns their paths. */
export async function writeBundle(
  files: readonly RenderedFile[],
  directory: string,
): Promise<readonly string[]> {
  const paths: string[] = []
  for (const { name, content, mode } of files) {
    const path = join(directory, name)
    makeDirectory(dirname(path))
    await writeFile(path, content)
    await chmod(path, mode)
    paths.push(path)
  }
  return paths
}

/** All files as one text: a heading that every format here takes for a comment, then the content. */
export function bundleText(files: readonly RenderedFile[]): string {
  return files
    .map(({ name, path, content }) => {
      const place = path === undefined ? name : path
      if (typeof content !== 'string')
        return `# ── ${place}: an archive of ${content.length} bytes; --output DIR writes it\n`
      return `# ── ${place}\n${content}`
    })
    .join('\n')
}

/** All files as data: text as it is, archives in base64. */
export function bundleData(files: readonly RenderedFile[]): readonly object[] {
  return files.map(({ content, ...file }) => ({
    ...file,
    ...(typeof content === 'string'
      ? { text: content }
      : { base64: Buffer.from(content).toString('base64') }),
  }))
}
