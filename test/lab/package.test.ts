import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { copyTree, toldCommit, toldEnvironment } from '../support/snapshot.ts'

/** The npm package: JavaScript made by the compiler, and the files that travel with it. */
const work = mkdtempSync(join(tmpdir(), 'emf-pxe-package-'))
const program = join(work, 'tree', 'dist', 'npm', 'bin', 'run.js')

before(() => {
  const tree = copyTree(join(work, 'tree'))
  execFileSync(process.execPath, [join(tree, 'bin', 'build-package.ts')], {
    env: { ...process.env, ...toldEnvironment },
    stdio: 'pipe',
  })
})
after(() => rmSync(work, { recursive: true, force: true }))

const run = (...words: string[]) =>
  spawnSync(process.execPath, [program, ...words], { encoding: 'utf8', cwd: '/' })

describe('the npm package', () => {
  test('knows its commit', () => {
    const { status, stdout, stderr } = run('version', '--json')
    assert.deepEqual([status, stderr], [0, ''])
    const { form, commit } = JSON.parse(stdout)
    assert.deepEqual([form, commit], ['package', toldCommit])
  })

  test('finds its files', () => {
    assert.match(run('explain', 'CONFIG_MISSING').stdout, /emf-pxe init/)
  })

  test('has every command', () => {
    for (const [, name = ''] of String(run('completion', 'fish').stdout).matchAll(
      /__fish_use_subcommand -a (\S+)/g,
    ))
      assert.equal(run(name, '--help').status, 0, name)
  })

  test('tells an older Node what it needs', () => {
    const script = `Object.defineProperty(process.versions, 'node', { value: '20.20.2' }); import(${JSON.stringify(program)})`
    const { status, stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' })
    assert.deepEqual([status, stderr], [5, 'emf-pxe needs Node 26 or later; this is 20.20.2.\n'])
  })
})
