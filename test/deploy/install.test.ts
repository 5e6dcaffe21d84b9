import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { install } from '../../src/deploy/install.ts'
import { contentHash } from '../../src/deploy/plan.ts'
import { programFile } from '../../src/deploy/program-file.ts'
import { readReceipt } from '../../src/deploy/receipt.ts'
import { planRemoval, remove } from '../../src/deploy/uninstall.ts'
import type { RenderValues } from '../../src/deploy/values.ts'
import { Machine } from './machine.ts'
import { sampleValues } from './support.ts'

const configFile = sampleValues.paths.configFile
const unit = '/etc/systemd/system/emf-pxe.service'
const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root (run it with sudo)' } as const

async function uninstall(machine: Machine, purge: boolean): Promise<string[]> {
  const warnings: string[] = []
  const removal = await planRemoval(machine.host, configFile, purge)
  await remove(removal, machine.host, { done: () => {}, warned: (text) => void warnings.push(text) })
  return warnings
}

const withVersion = (version: string): RenderValues => ({ ...sampleValues, version })

describe('installing for systemd', asRoot, () => {
  test('writes, starts and records; a second run changes nothing and says so', async (t) => {
    const machine = new Machine(t)
    const first = await install('systemd', sampleValues, machine.options())
    assert.equal(first.changed, true)
    assert.deepEqual([machine.enabled, machine.active, machine.receiveCeiling], [true, true, 8_388_608])
    assert.match(machine.read(unit) ?? '', /ExecStart=/)
    assert.equal((await readReceipt(machine.host, configFile))?.complete, true)

    const before = machine.snapshot()
    machine.screen()
    machine.commands.length = 0
    const second = await install('systemd', sampleValues, machine.options())
    assert.equal(second.changed, false)
    assert.deepEqual(machine.snapshot(), before)
    assert.match(machine.screen(), /nothing was changed/)
    assert.deepEqual(
      machine.commands.filter((command) => / (enable|restart|daemon-reload)/.test(command)),
      [],
    )
  })

  test('a dry run shows the plan and touches nothing', async (t) => {
    const machine = new Machine(t)
    const before = machine.snapshot()
    await install('systemd', sampleValues, machine.options({ dryRun: true }))
    assert.deepEqual(machine.snapshot(), before)
    assert.match(machine.screen(), /\+ \/etc\/emf-pxe\/config\.yaml +what this server does/)
  })

  test('a changed unit is shown as such, replaced, and the service restarted', async (t) => {
    const machine = new Machine(t)
    await install('systemd', sampleValues, machine.options())
    machine.commands.length = 0
    machine.screen()
    await install('systemd', withVersion('0.2.0'), machine.options({ diff: true }))
    const screen = machine.screen()
    assert.match(screen, /~ \/etc\/systemd\/system\/emf-pxe\.service +1 line changes \(--diff to see\)/)
    assert.match(screen, /- # Installed by emf-pxe 0\.1\.0/)
    assert.match(screen, /= \/etc\/emf-pxe\/config\.yaml +already current/)
    const acted = machine.commands.filter((command) => / (enable|restart|daemon-reload)/.test(command))
    assert.deepEqual(acted, ['systemctl daemon-reload', 'systemctl restart emf-pxe.service'])
    assert.equal((await readReceipt(machine.host, configFile))?.previous?.version, '0.1.0')
  })

  test('an administrator’s larger kernel ceiling is left alone', async (t) => {
    const machine = new Machine(t)
    machine.receiveCeiling = 33_554_432
    await install('systemd', sampleValues, machine.options())
    assert.equal(machine.read('/etc/sysctl.d/60-emf-pxe.conf'), undefined)
    assert.equal(machine.receiveCeiling, 33_554_432)
  })

  test('the program is copied to its place', async (t) => {
    const machine = new Machine(t)
    const source = join(machine.root, 'tmp', 'emf-pxe')
    writeFileSync(source, 'ELF')
    await install('systemd', sampleValues, machine.options({ program: await programFile(source) }))
    assert.equal(machine.read('/usr/local/bin/emf-pxe'), 'ELF')
    assert.match(
      machine.screen(),
      /\+ \/usr\/local\/bin\/emf-pxe +copy of this program, sha256 [0-9a-f]{12}…/,
    )
  })

  test('a program that was copied there by hand is noted as the installed one by the next run', async (t) => {
    const machine = new Machine(t)
    const run = async (program: string) => {
      const source = join(machine.root, 'tmp', 'emf-pxe')
      writeFileSync(source, program)
      return install('systemd', sampleValues, machine.options({ program: await programFile(source) }))
    }
    await run('ELF of May')
    writeFileSync(join(machine.root, 'usr/local/bin/emf-pxe'), 'ELF of June')
    assert.equal((await run('ELF of June')).changed, false)
    const noted = (await readReceipt(machine.host, configFile))?.done.find(
      (entry) => entry.kind === 'file' && entry.path === '/usr/local/bin/emf-pxe',
    )
    assert.equal(noted?.kind === 'file' && noted.sha256, contentHash({ text: 'ELF of June' }))
  })

  test('a firewall in force is named with the line for it, and not touched', async (t) => {
    const machine = new Machine(t)
    const rules = [
      '*filter',
      ':INPUT DROP [0:0]',
      ':ufw-user-input - [0:0]',
      '-A INPUT -j ufw-user-input',
      'COMMIT',
    ]
    machine.answers.push(([program]) =>
      program === 'iptables-save' ? { stdout: `${rules.join('\n')}\n` } : undefined,
    )
    await install('systemd', sampleValues, machine.options())
    assert.match(machine.screen(), /ufw allow in on eth1 proto udp to any port 67,4011,69\n/)
    const touching = machine.commands.filter((command) =>
      /^(ufw|iptables|nft)\b(?!.*(-save|list))/.test(command),
    )
    assert.deepEqual(touching, [])
  })
})

describe('an installation that fails leaves the machine as it was', asRoot, () => {
  const failing = ['daemon-reload', 'enable', 'restart'] as const
  for (const verb of failing) {
    test(`at systemctl ${verb}`, async (t) => {
      const machine = new Machine(t)
      const before = machine.snapshot()
      let failures = 0
      machine.answers.push(([program, said]) =>
        program === 'systemctl' && said === verb && failures++ === 0
          ? { exitCode: 1, output: 'Job failed.\u001b[31m See the journal.' }
          : undefined,
      )
      await assert.rejects(install('systemd', sampleValues, machine.options()), {
        code: 'DEPLOY_STEP_FAILED',
        // What the other program said is shown, its escape sequences are not obeyed.
        message: /systemctl .* ended with 1\n {2}Job failed\.\\x1b\[31m See the journal\./,
      })
      assert.deepEqual(machine.snapshot(), before)
      assert.deepEqual([machine.enabled, machine.active, machine.receiveCeiling], [false, false, 212_992])
    })
  }

  test('when the service does not stay up', async (t) => {
    const machine = new Machine(t)
    const before = machine.snapshot()
    machine.answers.push(([, verb]) =>
      verb === 'is-active' ? { stdout: 'activating', exitCode: 3 } : undefined,
    )
    await assert.rejects(install('systemd', sampleValues, machine.options()), { code: 'DEPLOY_NOT_HEALTHY' })
    assert.deepEqual(machine.snapshot(), before)
  })

  test('an upgrade that fails brings back files and service of before', async (t) => {
    const machine = new Machine(t)
    const program = join(machine.root, 'tmp', 'emf-pxe')
    // A NUL makes it a binary: too large for a plan in real life, so backed up by copying.
    writeFileSync(program, 'old\0')
    await install('systemd', sampleValues, machine.options({ program: await programFile(program) }))
    const before = machine.snapshot()
    writeFileSync(program, 'new\0')
    const after = { ...before, '/tmp/emf-pxe': machine.snapshot()['/tmp/emf-pxe'] }
    let restarts = 0
    machine.answers.push(([, verb]) => (verb === 'restart' && restarts++ === 0 ? { exitCode: 1 } : undefined))
    await assert.rejects(
      install('systemd', withVersion('0.2.0'), machine.options({ program: await programFile(program) })),
      { code: 'DEPLOY_STEP_FAILED' },
    )
    assert.deepEqual(machine.snapshot(), after)
    assert.deepEqual([machine.active, machine.enabled, restarts], [true, true, 2])
  })

  test('what cannot be undone is told', async (t) => {
    const machine = new Machine(t)
    machine.answers.push(([, verb]) =>
      verb === 'restart' || verb === 'disable' ? { exitCode: 1, output: 'no' } : undefined,
    )
    await assert.rejects(install('systemd', sampleValues, machine.options()))
    assert.match(machine.screen(), /Not undone: systemctl disable --quiet emf-pxe\.service ended with 1/)
  })

  test('an answer of no changes nothing', async (t) => {
    const machine = new Machine(t)
    const before = machine.snapshot()
    const options = machine.options()
    const ui = { ...options.ui, prompts: { ...options.ui.prompts, confirm: async () => false } }
    await assert.rejects(install('systemd', sampleValues, { ...options, ui }), { code: 'ABORTED' })
    assert.deepEqual(machine.snapshot(), before)
  })
})

describe('uninstalling', asRoot, () => {
  test('keeps configuration and state, and takes the rest', async (t) => {
    const machine = new Machine(t)
    machine.write('/var/lib/emf-pxe/ipxe.efi', 'MZ')
    await install('systemd', sampleValues, machine.options())
    assert.deepEqual(await uninstall(machine, false), [])
    assert.deepEqual([machine.enabled, machine.active, machine.receiveCeiling], [false, false, 212_992])
    assert.equal(machine.read(unit), undefined)
    assert.equal(machine.commands.at(-1), 'systemctl daemon-reload')
    assert.notEqual(machine.read(configFile), undefined)
    assert.notEqual(machine.read('/var/lib/emf-pxe/ipxe.efi'), undefined)
    await assert.rejects(uninstall(machine, false), { code: 'DEPLOY_NOTHING_INSTALLED' })
  })

  test('--purge leaves the machine as it was before the first installation', async (t) => {
    const machine = new Machine(t)
    await machine.host.removeEmptyDirectory('/var/lib/private')
    const before = machine.snapshot()
    await install('systemd', sampleValues, machine.options())
    await install('systemd', withVersion('0.2.0'), machine.options())
    machine.write('/etc/emf-pxe/token', 'secret', 0o600)
    machine.write('/var/lib/private/emf-pxe/history.db', 'x')
    assert.deepEqual(await uninstall(machine, true), [])
    assert.deepEqual(machine.snapshot(), before)
    assert.equal(machine.receiveCeiling, 212_992)
  })

  test('a unit of somebody else comes back, also after a second run', async (t) => {
    const machine = new Machine(t)
    machine.write(unit, '[Service]\nExecStart=/opt/other\n', 0o640)
    await install('systemd', sampleValues, machine.options())
    await install('systemd', withVersion('0.2.0'), machine.options())
    await uninstall(machine, true)
    assert.equal(machine.read(unit), '[Service]\nExecStart=/opt/other\n')
  })

  test('goes on when a command fails, and says so', async (t) => {
    const machine = new Machine(t)
    await install('systemd', sampleValues, machine.options())
    machine.answers.push(([, verb]) => (verb === 'stop' ? { exitCode: 5, output: 'not loaded' } : undefined))
    const warnings = await uninstall(machine, false)
    assert.match(warnings.join(), /systemctl stop emf-pxe\.service ended with 5/)
    assert.equal(machine.read(unit), undefined)
  })

  for (const path of ['/', '/var', '/usr/lib', '/var/lib/../..'] as const) {
    test(`a receipt that names ${path} as the state directory deletes nothing`, async (t) => {
      const machine = new Machine(t)
      machine.write('/usr/lib/libc.so.6', 'needed')
      await install('systemd', sampleValues, machine.options())
      const receipt = JSON.parse(machine.read('/etc/emf-pxe/receipt.json') ?? '')
      receipt.paths.stateDirectory = path
      machine.write('/etc/emf-pxe/receipt.json', JSON.stringify(receipt))
      const before = machine.snapshot()
      await assert.rejects(uninstall(machine, true), { code: 'DEPLOY_RECEIPT_UNREADABLE' })
      assert.deepEqual(machine.snapshot(), before)
    })
  }

  test('a receipt of a newer program is refused, not guessed at', async (t) => {
    const machine = new Machine(t)
    machine.write('/etc/emf-pxe/receipt.json', '{"receiptVersion": 2}')
    await assert.rejects(uninstall(machine, false), { code: 'DEPLOY_RECEIPT_UNREADABLE', exitCode: 4 })
  })

  test('what a power cut left half-way can be taken away', async (t) => {
    const machine = new Machine(t)
    const before = machine.snapshot()
    machine.answers.push(([, verb]) => {
      if (verb === 'enable') throw new Error('the power went')
      return undefined
    })
    // The undo does not run either: the machine is off.
    const cut = {
      ...machine.host,
      remove: async () => assert.fail('off'),
      removeEmptyDirectory: async () => false,
    }
    await assert.rejects(install('systemd', sampleValues, machine.options({ host: cut })))
    machine.answers.length = 0
    assert.equal((await readReceipt(machine.host, configFile))?.complete, false)
    await uninstall(machine, true)
    assert.deepEqual(machine.snapshot(), before)
  })
})

test(
  'where the kernel refuses the ceiling, as in a container, a second run still changes nothing',
  asRoot,
  async (t) => {
    const machine = new Machine(t)
    machine.answers.push(([program]) =>
      program === 'sysctl' ? { exitCode: 1, output: 'Read-only file system' } : undefined,
    )
    await install('systemd', sampleValues, machine.options())
    assert.match(machine.screen(), /! sysctl .* ended with 1/)
    assert.equal((await install('systemd', sampleValues, machine.options())).changed, false)
  },
)
