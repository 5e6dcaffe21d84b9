import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { mayOpenPort, parsePrivileges, readPrivileges } from '../../src/host/privileges.ts'
import { findProgram, runProgram } from '../../src/host/run-program.ts'

describe('privileges', () => {
  const status = (uid: string, effective: string, more = '') =>
    `Name:\tnode\nUid:\t0\t${uid}\t0\t0\nCapEff:\t${effective}\nCapBnd:\t000001ffffffffff\n${more}`

  test('root has what matters', () => {
    const privileges = parsePrivileges(status('0', '000001ffffffffff'), '1024\n')
    assert.equal(privileges.isRoot, true)
    assert.ok(mayOpenPort(privileges, 67))
  })
  test('a user with one capability', () => {
    const privileges = parsePrivileges(status('65534', '0000000000000400', 'NoNewPrivs:\t1\n'), '1024\n')
    assert.deepEqual([...privileges.capabilities], ['CAP_NET_BIND_SERVICE'])
    assert.equal(privileges.isRoot, false)
    assert.equal(privileges.noNewPrivileges, true)
    assert.ok(mayOpenPort(privileges, 69))
  })
  for (const [port, firstFree, may] of [
    [1023, '1024', false],
    [1024, '1024', true],
    [67, '0', true],
    [68, '69', false],
  ] as const)
    test(`a user without any ${may ? 'may' : 'may not'} open ${port} when ports are free from ${firstFree}`, () => {
      assert.equal(mayOpenPort(parsePrivileges(status('1000', '0000000000000000'), firstFree), port), may)
    })
  test('ours are known, and those of a process by its number', () => {
    assert.equal(readPrivileges()?.userId, process.geteuid?.())
    assert.deepEqual(readPrivileges(process.pid), readPrivileges())
  })
  test('a process that has ended has none', () => {
    assert.equal(readPrivileges(4_194_305), undefined)
  })
})

describe('programs', () => {
  test('one that succeeds', async () => {
    assert.deepEqual(await runProgram('echo', ['hello']), { kind: 'ok', stdout: 'hello' })
  })
  test('one that fails says why, on one printable line', async () => {
    const result = await runProgram('sh', ['-c', 'printf "\\033[31mbad\\nmore" >&2; exit 3'])
    assert.deepEqual(result, { kind: 'failed', problem: '\\x1b[31mbad' })
  })
  test('one that is not there', async () => {
    assert.deepEqual(await runProgram('no-such-program', []), { kind: 'missing' })
    assert.equal(findProgram('no-such-program'), undefined)
  })
})
