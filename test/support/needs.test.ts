import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findProgram, missing } from './needs.ts'

test('a missing program is named with the package that has it', () => {
  const before = process.env.EMF_PXE_SKIP_NOTHING
  process.env.EMF_PXE_SKIP_NOTHING = '0'
  assert.equal(missing('no-such-program:its-package'), 'needs no-such-program (apt-get install its-package)')
  if (before !== undefined) process.env.EMF_PXE_SKIP_NOTHING = before
})

test('continuous integration may not skip', () => {
  const before = process.env.EMF_PXE_SKIP_NOTHING
  process.env.EMF_PXE_SKIP_NOTHING = '1'
  assert.throws(() => missing('no-such-program:its-package'), /may not be skipped/)
  process.env.EMF_PXE_SKIP_NOTHING = before ?? '0'
})

test('programs are found by name', () => {
  assert.match(findProgram('sh') ?? '', /\/sh$/)
})
