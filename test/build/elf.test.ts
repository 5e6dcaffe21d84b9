import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { elfArchitecture, stripElf } from '../../bin/build/elf.ts'
import { neededLibraries } from '../../bin/build/elf-dynamic.ts'
import { withoutLibatomic } from '../../bin/build/without-libatomic.ts'

/** Node's own binary is the file that the build treats; here it treats the one that runs this test. */
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-elf-'))
const original = readFileSync(realpathSync(process.execPath))
const treated = withoutLibatomic(stripElf(original))
after(() => rmSync(directory, { recursive: true, force: true }))

/** Keeps V8's tables of code and dispatch entries busy in several threads at once. */
const churn = `
const { Worker, isMainThread } = require('node:worker_threads')
const wasm = new Uint8Array([0,97,115,109,1,0,0,0,1,5,1,96,0,1,127,3,2,1,0,7,5,1,1,102,0,0,10,6,1,4,0,65,42,11])
let sum = 0
for (let i = 0; i < 3000; i++) {
  sum += new Function('return ' + i)()
  if (i % 100 === 0) sum += new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports.f()
}
if (isMainThread) {
  let left = 4
  for (let i = 0; i < 4; i++) new Worker(__filename).on('exit', () => --left || console.log(sum))
}
`

describe('stripping', () => {
  test('takes the symbol and debug tables, and nothing that is loaded', () => {
    const stripped = stripElf(original)
    assert.ok(stripped.length <= original.length)
    assert.equal(elfArchitecture(stripped), elfArchitecture(original))
    assert.deepEqual(neededLibraries(stripped), neededLibraries(original))
  })

  test('again takes nothing more', () => {
    const stripped = stripElf(original)
    assert.equal(stripElf(stripped).length, stripped.length)
  })

  for (const [name, file] of [
    ['text', Buffer.from('#!/bin/sh\n'.padEnd(100))],
    ['a 32-bit ELF file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1, ...Array(100).fill(0)])],
    ['a big-endian ELF file', Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 2, ...Array(100).fill(0)])],
  ] as const) {
    test(`refuses ${name}`, () => {
      assert.throws(() => stripElf(file), /not a 64-bit little-endian ELF file/)
    })
  }
})

describe('without libatomic', () => {
  test('the library is no longer asked for, the others are', () => {
    const before = neededLibraries(original).filter((library) => library !== 'libatomic.so.1')
    assert.deepEqual(neededLibraries(treated), before)
  })

  test('a second time changes nothing', () => {
    assert.ok(withoutLibatomic(treated).equals(treated))
  })

  test('the original is left alone', () => {
    assert.ok(original.equals(readFileSync(realpathSync(process.execPath))))
  })

  test('the treated file runs, also under load in several threads', () => {
    const [program, script] = [join(directory, 'node'), join(directory, 'churn.cjs')]
    writeFileSync(program, treated, { mode: 0o755 })
    writeFileSync(script, churn)
    const answer = execFileSync(program, [script], { encoding: 'utf8' })
    assert.equal(answer, `${(2999 * 3000) / 2 + 30 * 42}\n`)
  })
})
