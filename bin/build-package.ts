import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { embeddedFiles, writeMade } from './build/embedded.ts'
import { projectRoot, readBuildStamp } from './build/project.ts'

/** `npm run build` → `dist/npm`: JavaScript and the files that travel with it. */
const output = join(projectRoot, 'dist', 'npm')

rmSync(output, { recursive: true, force: true })
const compiler = join(projectRoot, 'node_modules', 'typescript', 'bin', 'tsc')
const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: projectRoot,
  stdio: 'inherit',
})
if (compiled.status !== 0) process.exit(compiled.status ?? 1)
for (const [name, path] of Object.entries(embeddedFiles())) {
  mkdirSync(dirname(join(output, name)), { recursive: true })
  copyFileSync(path, join(output, name))
}
writeMade(join(output, 'build.json'), `${JSON.stringify(readBuildStamp())}\n`)
chmodSync(join(output, 'bin', 'run.js'), 0o755)
