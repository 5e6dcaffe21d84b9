import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `npm test` runs everything that a fresh machine can; `npm run test:lab [-- NAME…]` runs the deeper
 * levels in `test/lab/` (real firmware, systemd, Docker, Helm), all of them or those named.
 * Other words are file patterns; flags go to Node's test runner.
 */
const root = join(import.meta.dirname, '..')
const args = process.argv.slice(2)
const lab = args.includes('--lab')
const flags = args.filter((arg) => arg.startsWith('--') && arg !== '--lab')
const names = args.filter((arg) => !arg.startsWith('--'))

const files = globSync(lab ? 'test/lab/**/*.test.ts' : 'test/**/*.test.ts', { cwd: root })
  .filter((file) => lab || !file.startsWith('test/lab/'))
  .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
  .sort()
if (files.length === 0) {
  console.error(`no test file matches ${names.join(' ') || 'test/'}`)
  process.exit(2)
}
const sequential = lab ? ['--test-concurrency=1', '--test-timeout=900000'] : ['--test-timeout=120000']
const run = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-reporter=spec',
    ...sequential,
    ...flags,
    ...files,
  ],
  { cwd: root, stdio: 'inherit' },
)
process.exit(run.status ?? 1)
