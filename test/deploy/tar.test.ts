import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tarGz } from '../../src/deploy/tar.ts'
import { missing } from '../support/needs.ts'

const sizes = [0, 1, 511, 512, 513, 1024, 100_000]

test('tar unpacks what was packed', { skip: missing('tar:tar') }, (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-tar-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const entries = sizes.map((size) => ({ name: `d/${size}`, mode: 0o640, content: Buffer.alloc(size, size) }))
  writeFileSync(join(directory, 'a.tar.gz'), tarGz(entries))
  execFileSync('tar', ['-C', directory, '-xpzf', join(directory, 'a.tar.gz'), '--no-same-owner'])
  for (const { name, content } of entries) {
    assert.deepEqual(readFileSync(join(directory, name)), content)
    assert.equal(statSync(join(directory, name)).mode & 0o777, 0o640)
  }
})

test('the archive depends on its entries alone', () => {
  const entries = [{ name: 'a', mode: 0o644, content: 'x' }]
  assert.deepEqual(tarGz(entries), tarGz(entries))
})

test('a name of 100 bytes is packed, one of 101 is refused', () => {
  assert.doesNotThrow(() => tarGz([{ name: 'n'.repeat(100), mode: 0o644, content: '' }]))
  assert.throws(() => tarGz([{ name: 'n'.repeat(101), mode: 0o644, content: '' }]), RangeError)
})
