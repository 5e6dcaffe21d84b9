import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readManagers } from '../../src/host/managers.ts'
import { mayOpenPort, parsePrivileges, readPrivileges } from '../../src/host/privileges.ts'
import { findProgram, type ProgramResult, runProgram } from '../../src/host/run-program.ts'
import { parseOsRelease, readSystem } from '../../src/host/system.ts'

const answers = (results: Record<string, ProgramResult>) => async (name: string) =>
  results[name] ?? ({ kind: 'missing' } as const)
const said = (stdout: string): ProgramResult => ({ kind: 'ok', stdout })

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

describe('the distribution', () => {
  test('values may be quoted', () => {
    const text =
      '# comment\nPRETTY_NAME="The \\"Best\\" Linux 9"\nID=\'best\'\nID_LIKE="rhel fedora"\nVERSION_ID=9\n'
    assert.deepEqual(parseOsRelease(text), {
      id: 'best',
      like: ['rhel', 'fedora'],
      version: '9',
      name: 'The "Best" Linux 9',
    })
  })
  test('without a file it is just Linux', () => {
    assert.deepEqual(parseOsRelease(''), { id: 'linux', like: [], version: undefined, name: 'linux' })
  })
  test('text is made safe for a terminal', () => {
    assert.equal(parseOsRelease('PRETTY_NAME="\x1b[31mred"').name, '\\x1b[31mred')
  })
  test('that of this machine is known', () => {
    assert.match(readSystem().kernel, /^\d+\.\d+/)
  })
})

describe('what could run us', () => {
  const docker = 'Cannot connect to the Docker daemon'
  const everything = {
    systemctl: said('systemd 252 (252.22-1~deb12u1)\n+PAM +AUDIT'),
    docker: { kind: 'failed', problem: docker } as const,
    kubectl: said('{"clientVersion":{},"serverVersion":{"gitVersion":"v1.31.2+k3s1"}}'),
    helm: said('v3.15.2+g1a500d5\n'),
  }

  test('what works has a version, what does not says why', async () => {
    assert.deepEqual(await readManagers(answers(everything), () => true), {
      systemd: { state: 'usable', version: '252' },
      docker: { state: 'unusable', problem: docker },
      kubernetes: { state: 'usable', version: 'v1.31.2+k3s1' },
      helm: { state: 'usable', version: 'v3.15.2+g1a500d5' },
    })
  })
  test('systemd that is only installed runs nothing', async () => {
    const { systemd } = await readManagers(answers(everything), () => false)
    assert.deepEqual(systemd, { state: 'unusable', problem: 'systemd does not run this machine' })
  })
  test('nothing installed', async () => {
    const facts = await readManagers(answers({}), () => false)
    assert.deepEqual(new Set(Object.values(facts).map(({ state }) => state)), new Set(['absent']))
  })
  test('kubectl that finds no cluster', async () => {
    const { kubernetes } = await readManagers(answers({ kubectl: said('{"clientVersion":{}}') }), () => false)
    assert.deepEqual(kubernetes, { state: 'unusable', problem: 'it told no version' })
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
