import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { install } from '../../src/deploy/install.ts'
import { programFile } from '../../src/deploy/program-file.ts'
import { readReceipt } from '../../src/deploy/receipt.ts'
import { planRemoval, remove } from '../../src/deploy/uninstall.ts'
import { inspectProgram, needPrevious, restoreOlderFormat, upgradedValues } from '../../src/deploy/upgrade.ts'
import { upgrade } from '../../src/deploy/upgrade-run.ts'
import { Machine } from './machine.ts'
import { sampleValues } from './support.ts'

const configFile = sampleValues.paths.configFile
const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root (run it with sudo)' } as const
const ownMachine = process.arch === 'arm64' ? 183 : 62

/** A file that begins as an ELF program for a processor does. */
function elf(t: TestContext, machine: number, name = 'emf-pxe'): string {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-upgrade-'))
  t.after(() => rmSync(directory, { recursive: true }))
  const header = Buffer.alloc(64)
  header.write('\x7fELF', 0, 'latin1')
  header.writeUInt16LE(machine, 18)
  writeFileSync(join(directory, name), header)
  chmodSync(join(directory, name), 0o755)
  return join(directory, name)
}

describe('the program to upgrade to', () => {
  const answering = (machine: Machine, stdout: string, exitCode = 0) =>
    machine.answers.push(([, verb]) => (verb === 'version' ? { stdout, exitCode } : undefined))

  test('tells its version', async (t) => {
    const machine = new Machine(t)
    answering(machine, '{"schema": "emf-pxe/version/1", "version": "0.3.0"}')
    assert.equal(await inspectProgram(machine.host, elf(t, ownMachine)), '0.3.0')
  })

  const refusals: readonly [
    name: string,
    said: RegExp,
    prepare: (t: TestContext, machine: Machine) => string,
  ][] = [
    [
      'another processor’s',
      /is for (arm64|x64); this machine is/,
      (t) => elf(t, ownMachine === 62 ? 183 : 62),
    ],
    ['an unknown processor’s', /is for machine 243/, (t) => elf(t, 243)],
    ['no program', /is not a program for Linux/, () => import.meta.filename],
    ['not there', /cannot be read \(ENOENT\)/, () => '/nonexistent'],
    [
      'another program',
      /does not answer as emf-pxe does: GNU bash/,
      (t, machine) => {
        answering(machine, 'GNU bash')
        return elf(t, ownMachine)
      },
    ],
    [
      'not the one in SHA256SUMS beside it',
      /SHA256SUMS beside it says 0000/,
      (t) => {
        const file = elf(t, ownMachine)
        writeFileSync(join(file, '..', 'SHA256SUMS'), `${'0'.repeat(64)}  emf-pxe\n`)
        return file
      },
    ],
  ]
  for (const [name, said, prepare] of refusals) {
    test(`is refused when it is ${name}`, async (t) => {
      const machine = new Machine(t)
      const file = prepare(t, machine)
      await assert.rejects(inspectProgram(machine.host, file), {
        code: 'UPGRADE_FILE_UNUSABLE',
        message: said,
      })
    })
  }
})

describe('upgrading', asRoot, () => {
  async function installed(t: TestContext) {
    const machine = new Machine(t)
    const file = join(machine.root, 'tmp', 'emf-pxe')
    writeFileSync(file, 'first')
    await install('systemd', sampleValues, machine.options({ program: await programFile(file) }))
    writeFileSync(file, 'second')
    return { machine, second: await programFile(file) }
  }
  const options = { configFile, to: undefined, back: false, argv: [] }

  test('keeps settings and the program of before, and knows the way back', async (t) => {
    const { machine, second } = await installed(t)
    const outcome = await upgrade({ ...machine.options({ program: second }), ...options, version: '0.2.0' })
    assert.deepEqual(outcome, { handedOver: false, from: '0.1.0', to: '0.2.0', changed: true })
    assert.equal(machine.read('/usr/local/bin/emf-pxe'), 'second')
    assert.equal(machine.read('/usr/local/bin/emf-pxe.previous'), 'first')
    const receipt = await readReceipt(machine.host, configFile)
    assert.ok(receipt)
    assert.equal(await needPrevious(machine.host, receipt), '/usr/local/bin/emf-pxe.previous')
  })

  test('and uninstalling afterwards takes both programs', async (t) => {
    const { machine, second } = await installed(t)
    await upgrade({ ...machine.options({ program: second }), ...options, version: '0.2.0' })
    // A run without an upgrade no longer plans the program of before.
    await install('systemd', { ...sampleValues, version: '0.2.0' }, machine.options({ program: second }))
    const removal = await planRemoval(machine.host, configFile, false)
    await remove(removal, machine.host, { done: () => {}, warned: (text) => assert.fail(text) })
    assert.equal(machine.read('/usr/local/bin/emf-pxe.previous'), undefined)
  })

  test('the installed program has nothing newer in it', async (t) => {
    const { machine } = await installed(t)
    const program = await programFile(join(machine.root, 'usr/local/bin/emf-pxe'))
    await assert.rejects(upgrade({ ...machine.options({ program }), ...options, version: '0.1.0' }), {
      code: 'UPGRADE_FILE_UNUSABLE',
    })
  })

  test('nothing installed, nothing to go back to: each is named', async (t) => {
    const { machine } = await installed(t)
    await assert.rejects(upgrade({ ...machine.options(), ...options, back: true, version: '0.1.0' }), {
      code: 'UPGRADE_NO_WAY_BACK',
    })
    const empty = new Machine(t)
    await assert.rejects(upgrade({ ...empty.options(), ...options, version: '0.1.0' }), {
      code: 'DEPLOY_NOTHING_INSTALLED',
    })
  })

  test('going back brings the older format of the configuration back', async (t) => {
    const { machine, second } = await installed(t)
    await upgrade({ ...machine.options({ program: second }), ...options, version: '0.2.0' })
    const older = machine.read(configFile) ?? ''
    const receipt = await readReceipt(machine.host, configFile)
    assert.ok(receipt)
    await restoreOlderFormat(machine.host, receipt)
    assert.equal(machine.read(configFile), older, 'the same format is left alone')
    machine.write(configFile, older.replace('version: 1', 'version: 2'))
    await restoreOlderFormat(machine.host, receipt)
    assert.equal(machine.read(configFile), older)
  })

  test('an image tag of one’s own stays, one of the version moves on', async (t) => {
    const { machine } = await installed(t)
    const receipt = await readReceipt(machine.host, configFile)
    assert.ok(receipt)
    assert.equal((await upgradedValues(machine.host, receipt, '0.2.0')).kubernetes.imageTag, '0.2.0')
    const own = { ...receipt, kubernetes: { ...receipt.kubernetes, imageTag: 'site-7' } }
    assert.equal((await upgradedValues(machine.host, own, '0.2.0')).kubernetes.imageTag, 'site-7')
  })
})
