import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { catalog, type ErrorCode } from '../../src/errors/catalog.ts'
import { exitCodes } from '../../src/errors/exit-codes.ts'
import { sectionOf } from '../../src/errors/explain.ts'
import { projectRoot } from '../support/imports.ts'

const document = readFileSync(join(projectRoot, 'docs', 'errors.md'), 'utf8')
const documented = [...document.matchAll(/^## ([A-Z][A-Z0-9_]+)$/gm)].map(([, code]) => code ?? '')
const codes = Object.keys(catalog) as ErrorCode[]

describe('docs/errors.md and the catalog', () => {
  test('every code has its section', () => {
    assert.deepEqual(
      codes.filter((code) => !documented.includes(code)),
      [],
    )
  })

  test('every section has its code', () => {
    assert.deepEqual(
      documented.filter((code) => !Object.hasOwn(catalog, code)),
      [],
    )
  })

  test('no section is there twice', () => {
    assert.equal(new Set(documented).size, documented.length)
  })

  test('a section that names an exit code names the right one', () => {
    for (const code of codes) {
      for (const [, named] of sectionOf(code, document).matchAll(/[Ee]xit code (\d+)/g))
        assert.equal(Number(named), catalog[code].exitCode, code)
    }
  })

  test('the table of exit codes is the one scripts get', () => {
    const rows = [...document.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [
      name,
      Number(code),
    ])
    assert.deepEqual(Object.fromEntries(rows), exitCodes)
  })
})

describe('the words of the catalog', () => {
  for (const code of codes) {
    test(code, () => {
      const { title, hint } = catalog[code]
      assert.match(title, /^\S.{8,78}[^.]$/, 'a title is one short line without a full stop')
      assert.match(hint, /\S{2,}/, 'a hint says what to do')
    })
  }
})
