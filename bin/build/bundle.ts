import { join } from 'node:path'
import { build } from 'esbuild'
import { projectRoot } from './project.ts'

export interface Bundle {
  readonly code: Buffer
  /** Project-relative paths of every file inside, such as `node_modules/yaml/dist/index.js`. */
  readonly files: readonly string[]
}

/**
 * One CommonJS file: the form that a single binary can start with a code cache. `import()`
 * becomes a deferred `require` inside that file, so that commands and heavy packages are still
 * evaluated only when they are needed. Names are kept for readable stack traces.
 */
export async function bundleProgram(): Promise<Bundle> {
  const result = await build({
    absWorkingDir: projectRoot,
    entryPoints: [join('bin', 'run.ts')],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'cjs',
    target: 'node26',
    supported: { 'dynamic-import': false },
    // Paths inside the bundle must not tell where node_modules really is.
    preserveSymlinks: true,
    // oclif looks for these beside a source tree; without them the bundle loses 12 MB.
    external: ['typescript', 'ts-node', 'pnpapi'],
    // Used to find files on disk, which a single binary has inside (src/cli/assets.ts).
    define: { 'import.meta.dirname': 'undefined' },
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  })
  const output = result.outputFiles[0]
  if (output === undefined) throw new Error('esbuild wrote nothing')
  return { code: Buffer.from(inAscii(output.text)), files: Object.keys(result.metafile.inputs).sort() }
}

/**
 * Regular expressions and comments are what esbuild leaves as it is. V8 keeps a source of plain
 * ASCII as it lies in the binary, and any other as a copy with two bytes a character.
 */
function inAscii(code: string): string {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
