import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { embeddedFiles } from '../../bin/build/embedded.ts'
import { assetNames, hasAsset, readAsset } from '../../src/cli/assets.ts'
import { buildInfo } from '../../src/cli/build-info.ts'

describe('assets, from source', () => {
  test('everything that the single binary holds can be read by its name', () => {
    for (const name of Object.keys(embeddedFiles()))
      assert.ok(hasAsset(name) && readAsset(name).length >= 0, name)
  })

  test('a prefix lists what lies below it, sorted, with full names', () => {
    const names = assetNames('templates/')
    assert.ok(names.length > 0)
    assert.deepEqual(names, [...names].sort())
    for (const name of names) assert.ok(name.startsWith('templates/') && hasAsset(name))
  })

  test('a prefix may end inside a name', () => {
    assert.deepEqual(assetNames('docs/errors'), ['docs/errors.md'])
  })

  test('nothing below a prefix that is not there', () => {
    assert.deepEqual(assetNames('no/such/place/'), [])
    assert.equal(hasAsset('no/such/file'), false)
  })

  for (const name of ['../secret', 'templates/../../secret', '/etc/passwd']) {
    test(`${name} is not the name of an asset`, () => {
      assert.throws(() => readAsset(name), /not the name of an asset/)
    })
  }

  test('a source tree says so', () => {
    const { version, commit } = buildInfo()
    assert.match(version, /^\d+\.\d+\.\d+/)
    assert.equal(commit, 'source tree')
  })
})
