import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { type Bundle, bundleProgram } from './build/bundle.ts'
import { stripElf } from './build/elf.ts'
import { embeddedFiles, writeMade } from './build/embedded.ts'
import { collectLicenses } from './build/licenses.ts'
import { type BuildStamp, projectRoot, readBuildStamp } from './build/project.ts'
import { type Architecture, nodeRuntime } from './build/runtime.ts'
import { withoutLibatomic } from './build/without-libatomic.ts'

/**
 * `npm run build:binary [-- --arch x64] [-- --out DIR]` → `dist/emf-pxe`,
 * `dist/emf-pxe-linux-arm64`, `dist/SHA256SUMS` and `dist/install.sh`. The same source gives the same bytes.
 */
const args = process.argv.slice(2)
const option = (name: string) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined)
const output = resolve(option('--out') ?? join(projectRoot, 'dist'))
const wanted = option('--arch')
const targets: readonly { readonly architecture: Architecture; readonly name: string }[] = [
  { architecture: 'x64', name: 'emf-pxe' },
  { architecture: 'arm64', name: 'emf-pxe-linux-arm64' },
]

mkdirSync(output, { recursive: true })
const work = mkdtempSync(join(tmpdir(), 'emf-pxe-build-'))
try {
  const bundle = await bundleProgram()
  const stamp = readBuildStamp()
  const built = targets
    .filter(({ architecture }) => wanted === undefined || wanted === architecture)
    .map(({ architecture, name }) => buildBinary(architecture, join(output, name), bundle, stamp))
  const sums = built.map(({ sha256, path }) => `${sha256}  ${basename(path)}\n`).join('')
  writeFileSync(join(output, 'SHA256SUMS'), sums)
  copyFileSync(join(projectRoot, 'bin', 'install.sh'), join(output, 'install.sh'))
  for (const { path, sizeBytes, sha256 } of built)
    console.log(`${path}\n  ${(sizeBytes / 1e6).toFixed(1)} MB  sha256 ${sha256}`)
} finally {
  rmSync(work, { recursive: true, force: true })
}

function buildBinary(architecture: Architecture, path: string, bundle: Bundle, stamp: BuildStamp) {
  const runtime = nodeRuntime(architecture)
  const directory = join(work, architecture)
  const runtimePath = writeMade(join(directory, 'node'), withoutLibatomic(stripElf(runtime.binary)))
  const settings = {
    // A relative path, because the binary contains it (it is in stack traces).
    main: basename(writeMade(join(work, 'emf-pxe.cjs'), bundle.code)),
    output: path,
    executable: runtimePath,
    disableExperimentalSEAWarning: true,
    // A code cache is only good for the machine that made it.
    useCodeCache: architecture === process.arch,
    // Nothing in the environment of the service may change how Node runs it.
    execArgvExtension: 'none',
    // What most requests leave behind is garbage at once: a small young generation holds it as well as 3 × 16 MB.
    execArgv: ['--max-semi-space-size=2'],
    assets: {
      ...embeddedFiles(),
      'build.json': writeMade(join(work, 'build.json'), `${JSON.stringify(stamp)}\n`),
      'licenses.txt': writeMade(
        join(directory, 'licenses.txt'),
        collectLicenses(bundle.files, runtime.license),
      ),
    },
  }
  const settingsPath = writeMade(join(directory, 'sea.json'), JSON.stringify(settings))
  // V8 puts random numbers into a code cache; with a fixed seed two builds are the same.
  execFileSync(process.execPath, ['--random-seed=1', '--build-sea', settingsPath], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  chmodSync(path, 0o755)
  const content = readFileSync(path)
  return {
    path,
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }
}
