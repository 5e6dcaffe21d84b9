import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readWhole } from '../../src/config/read-whole.ts'
import { runInMemory } from '../support/program.ts'

const root = mkdtempSync(join(tmpdir(), 'emf-pxe-read-whole-'))
after(() => rmSync(root, { recursive: true, force: true }))
const file = join(root, 'file')

describe('reading a file that a person named', () => {
  for (const sizeBytes of [0, 1, 65_535, 65_536, 65_537, 200_000])
    test(`${sizeBytes} bytes`, async () => {
      const bytes = Buffer.alloc(sizeBytes, 'all of it ')
      writeFileSync(file, bytes)
      assert.deepEqual(await readWhole(file, 200_000), bytes)
    })

  test('one byte more than it may have', async () => {
    writeFileSync(file, Buffer.alloc(200_001))
    await assert.rejects(readWhole(file, 200_000), { code: 'FILE_TOO_LARGE', message: /file is longer than/ })
  })

  test('a pipe, as a shell makes one of <(command)', async () => {
    const pipe = join(root, 'pipe')
    execFileSync('mkfifo', [pipe])
    spawn('sh', ['-c', `echo one >"$0"`, pipe], { stdio: 'ignore' })
    assert.equal((await readWhole(pipe, 100)).toString(), 'one\n')
  })
})

describe('a device without end', () => {
  for (const words of [
    ['inspect', '/dev/zero'],
    ['inspect', process.execPath, '--db', '/dev/zero'],
    ['nodes', 'export', '--state-dir', root, '--serials', '/dev/zero'],
  ])
    test(`emf-pxe ${words.slice(0, 2).join(' ')} …: refused`, async () => {
      const { exitCode, stderr } = await runInMemory(words)
      assert.match(stderr, /✗ FILE_TOO_LARGE {2}\/dev\/zero is longer/)
      assert.equal(exitCode, 5)
    })
})
