import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { readClock } from '../../src/host/clock.ts'
import { readDisk } from '../../src/host/disk.ts'
import { readMachine } from '../../src/host/machine.ts'
import { readManagers } from '../../src/host/managers.ts'
import { mayOpenPort, parsePrivileges, readPrivileges } from '../../src/host/privileges.ts'
import { readReversePathFilter } from '../../src/host/reverse-path.ts'
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
  test('ours are known', () => {
    assert.equal(readPrivileges().userId, process.geteuid?.())
  })
})

describe('the reverse-path filter', () => {
  for (const [all, nic, expected] of [
    [0, 0, 'off'],
    [1, 0, 'strict'],
    [0, 1, 'strict'],
    [1, 2, 'loose'],
    [2, 1, 'loose'],
  ] as const)
    test(`all ${all}, NIC ${nic}: ${expected}`, () => {
      const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-conf-'))
      for (const [name, value] of Object.entries({ all, eth1: nic })) {
        mkdirSync(join(directory, name))
        writeFileSync(join(directory, name, 'rp_filter'), `${value}\n`)
      }
      const found = readReversePathFilter('eth1', directory)
      rmSync(directory, { recursive: true })
      assert.equal(found, expected)
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

describe('the clock', () => {
  const rows: readonly [answer: ProgramResult, mark: boolean, synchronized: boolean | undefined][] = [
    [said('yes\n'), false, true],
    [said('no\n'), false, false],
    [{ kind: 'failed', problem: 'no bus' }, false, undefined],
    [{ kind: 'missing' }, false, undefined],
    [{ kind: 'missing' }, true, true],
  ]
  for (const [answer, mark, synchronized] of rows)
    test(`timedatectl ${answer.kind === 'ok' ? answer.stdout.trim() : answer.kind}, mark ${mark}`, async () => {
      const facts = await readClock(answers({ timedatectl: answer }), () => mark)
      assert.equal(facts.synchronized, synchronized)
      assert.ok(facts.bootedAtMs < facts.nowMs)
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

describe('disk', () => {
  test('a directory that does not exist yet is looked for above', () => {
    const facts = readDisk(join(tmpdir(), 'not-yet', 'emf-pxe'))
    assert.equal(facts.path, tmpdir())
    assert.ok(facts.freeBytes > 0 && facts.freeBytes <= facts.totalBytes)
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

test('the hardware is known as far as this user may', async () => {
  const machine = await readMachine()
  assert.ok(machine.processors >= 1 && machine.memoryBytes > 0)
})
