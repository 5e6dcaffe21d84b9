import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { makeDirectory } from '../../src/config/make-directory.ts'
import { runInMemory } from '../support/program.ts'

const root = mkdtempSync(join(tmpdir(), 'emf-pxe-make-directory-'))
after(() => rmSync(root, { recursive: true, force: true }))
const file = join(root, 'file')
writeFileSync(file, '')

const noProc = existsSync('/proc/self') ? false : 'needs /proc'

describe('making a directory', () => {
  test('with those above it: the outermost that was made', () => {
    const path = join(root, 'a/b/c')
    assert.equal(makeDirectory(path, 0o750), join(root, 'a'))
    assert.equal(statSync(path).mode & 0o777, 0o750)
    assert.equal(makeDirectory(join(root, 'a/b/d')), join(root, 'a/b/d'))
  })

  test('one that is there is left alone', () => {
    assert.equal(makeDirectory(root), undefined)
    assert.equal(makeDirectory('/'), undefined)
  })

  test('a file is in the way', () => {
    assert.throws(() => makeDirectory(file), { code: 'DIRECTORY_UNUSABLE', message: /file: .*in the way/ })
    assert.throws(() => makeDirectory(join(file, 'x/y')), { code: 'ENOTDIR' })
  })

  test('below /proc: told at once, where Node tries for ever', { skip: noProc }, () => {
    assert.throws(() => makeDirectory('/proc/emf-pxe/state'), {
      code: 'DIRECTORY_UNUSABLE',
      message: '/proc/emf-pxe: no directory can be made there (the system answers ENOENT).',
    })
  })
})

describe('serve with a state directory that can never be', () => {
  for (const [name, directory, code] of [
    ['below /proc', '/proc/emf-pxe/state', 'DIRECTORY_UNUSABLE'],
    ['below a file', join(file, 'state'), 'FILE_WRONG_KIND'],
  ] as const)
    test(`${name}: ends at once with ${code}`, { skip: noProc }, async () => {
      const { exitCode, stderr } = await runInMemory(['serve', '--state-dir', directory])
      assert.equal(exitCode, 5)
      assert.match(stderr, new RegExp(`✗ ${code} `))
    })
})
