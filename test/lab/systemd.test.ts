import assert from 'node:assert/strict'
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { missing } from '../support/needs.ts'
import { noFirmware } from './support/boot.ts'
import { enrolledCertificate } from './support/certificates.ts'
import { makeSignedIpxe } from './support/ipxe.ts'
import { buildMedia } from './support/media.ts'
import { microOsFirstLine } from './support/micro-os.ts'
import { fqdn } from './support/orchestrator.ts'
import { addresses, identityOf, Site } from './support/site.ts'
import { difference, SystemdMachine } from './support/systemd-machine.ts'

const skip =
  noFirmware ||
  missing(
    'systemd-nspawn:systemd-container',
    'debootstrap:debootstrap',
    'sbsign:sbsigntool',
    'objcopy:binutils',
  )

const caFile = '/etc/ssl/lab-ca.pem'
const media = '/var/tmp/media'
const flags = [
  '--target',
  'systemd',
  '--interface',
  'e0',
  '--orchestrator',
  fqdn,
  '--ca-file',
  caFile,
  '--yes',
  '--no-input',
]
const installed = '/usr/local/bin/emf-pxe'

/** From the files that a site is handed to a machine that is as it was: one story, told in order. */
describe('installed on a machine with systemd', { skip, timeout: 900_000 }, () => {
  const work = mkdtempSync(join(tmpdir(), 'emf-pxe-systemd-'))
  let site: Site
  let machine: SystemdMachine
  let untouched: ReadonlyMap<string, string>

  before(async () => {
    const built = buildMedia(join(work, 'dist'))
    site = await Site.open()
    const { orchestrator } = site
    const embedded = {
      endpoint: orchestrator.certificate,
      script: `#!ipxe\ndhcp\nchain ${orchestrator.httpsScriptUrl}\n`,
    }
    orchestrator.publish(
      'signed_ipxe.efi',
      readFileSync(makeSignedIpxe(work, embedded, enrolledCertificate(work))),
    )

    machine = new SystemdMachine(site.pxe)
    mkdirSync(join(machine.root, 'etc/ssl'), { recursive: true })
    copyFileSync(orchestrator.certificate.certificatePath, join(machine.root, caFile))
    writeFileSync(join(machine.root, 'etc/resolv.conf'), `nameserver ${addresses.dhcp}\n`)
    // A first start settles what a Debian writes once.
    await machine.boot()
    await machine.powerOff()
    untouched = machine.snapshot()
    cpSync(built, join(machine.root, media), { recursive: true })
    await machine.boot()
  })
  after(async () => {
    await machine?.close()
    await site?.close()
    rmSync(work, { recursive: true, force: true })
  })

  const expectActive = () => assert.equal(machine.property('ActiveState'), 'active', machine.journal())

  test('install.sh does it all with one command', () => {
    const { code, all } = machine.run('sh', `${media}/install.sh`, ...flags)
    assert.equal(code, 0, all)
    assert.match(all, /is the one in SHA256SUMS/)
    assert.match(all, /\+ \/etc\/systemd\/system\/emf-pxe\.service/)
    assert.match(all, /emf-pxe uninstall/)
    expectActive()
    assert.equal(machine.run('systemctl', 'is-enabled', 'emf-pxe.service').out.trim(), 'enabled')
    assert.equal(machine.property('StatusText'), 'answering on e0')
  })

  test('a second run changes nothing', () => {
    const pid = machine.servicePid()
    const { code, all } = machine.run(installed, 'init', ...flags)
    assert.equal(code, 0, all)
    assert.match(all, /[Nn]othing (was )?changed/)
    assert.equal(machine.servicePid(), pid)
  })

  test('status is green, names a unit that was edited by hand, and its remedy puts it right', async () => {
    const status = async () => {
      // The site's dnsmasq stands still when nobody reads its log, and machine.run lets nobody.
      await pause(100)
      const { code, out, all } = machine.run(installed, 'status', '--json')
      const checks: { id: string; outcome: string; evidence: string }[] = JSON.parse(out || all).checks
      // A container may not raise the kernel's limit: here that is left to whoever owns the real machine.
      const bad = checks.filter(
        ({ id, outcome }) => id !== 'receive-buffer' && ['failed', 'warning'].includes(outcome),
      )
      return { code, bad, of: (id: string) => checks.find((check) => check.id === id) }
    }
    const first = await status()
    assert.deepEqual(first.bad, [], site.dhcpLog.tail(20))
    assert.equal(first.code, 0)
    assert.match(first.of('privileges')?.evidence ?? '', /user id \d+, CAP_NET_BIND_SERVICE/)
    assert.match(first.of('service-running')?.evidence ?? '', /pid \d+, emf-pxe\.service/)

    machine.run('sh', '-c', 'echo "# by hand" >>/etc/systemd/system/emf-pxe.service')
    const edited = (await status()).of('service-drift')
    assert.equal(edited?.outcome, 'warning')
    assert.match(edited.evidence, /changed since: \/etc\/systemd\/system\/emf-pxe\.service/)
    assert.match(edited.evidence, /systemd has not read emf-pxe\.service/)

    const again = machine.run(installed, 'init', ...flags)
    assert.equal(again.code, 0, again.all)
    const mended = await status()
    assert.deepEqual(mended.bad, [], site.dhcpLog.tail(20))
    assert.equal(mended.code, 0)
  })

  test('the service is nobody in particular, with one privilege', () => {
    const status = machine.run('cat', `/proc/${machine.servicePid()}/status`).out
    const field = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(status)?.[1] ?? ''
    assert.ok(Number(field('Uid')) >= 61_184, `a dynamic user, not ${field('Uid')}`)
    // 0x400 is CAP_NET_BIND_SERVICE alone.
    for (const set of ['CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      assert.equal(Number.parseInt(field(set), 16), 0x400)
    assert.deepEqual([field('NoNewPrivs'), field('Seccomp')], ['1', '2'])
  })

  test('systemd itself finds its exposure at most 2.0', () => {
    const { code, all } = machine.run(
      'systemd-analyze',
      'security',
      '--threshold=20',
      '--no-pager',
      'emf-pxe.service',
    )
    assert.equal(code, 0, all)
  })

  test('a real firmware boots from it to the orchestrator’s kernel', async () => {
    const node = site.startNode(21, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
    await node.console
      .waitFor(new RegExp(`${microOsFirstLine} ${identityOf(21).serial}`), 240_000)
      .catch((error: Error) => {
        throw new Error(`${error.message}\n\nThe service said:\n${machine.journal()}`)
      })
    await node.close()
    assert.match(machine.journal(), /"event":"tftp\.completed"/)
  })

  test('killed, it comes back', async () => {
    const pid = machine.servicePid()
    machine.run('kill', '-9', pid)
    await machine.until(
      () => machine.property('ActiveState') === 'active' && machine.property('MainPID') !== pid,
      'back after kill -9',
      30_000,
    )
  })

  test('hung, it is noticed and started again', async () => {
    machine.run(
      'sh',
      '-c',
      'mkdir -p /run/systemd/system/emf-pxe.service.d && printf "[Service]\\nWatchdogSec=3\\n" >/run/systemd/system/emf-pxe.service.d/lab.conf && systemctl daemon-reload && systemctl restart emf-pxe',
    )
    const pid = machine.servicePid()
    // The watchdog is fed: it outlives several periods.
    await new Promise((resolve) => setTimeout(resolve, 7_000))
    assert.equal(machine.property('MainPID'), pid, machine.journal())
    machine.run('kill', '-STOP', pid)
    await machine.until(
      () => machine.property('ActiveState') === 'active' && machine.property('MainPID') !== pid,
      'back after a hang',
      60_000,
    )
    assert.match(machine.journal(), /Watchdog timeout/)
    machine.run(
      'sh',
      '-c',
      'rm -r /run/systemd/system/emf-pxe.service.d && systemctl daemon-reload && systemctl restart emf-pxe',
    )
  })

  test('a mistake in the configuration is not retried for ever', async () => {
    machine.run(
      'sh',
      '-c',
      'cp /etc/emf-pxe/config.yaml /run/saved && echo "intrefaces: []" >>/etc/emf-pxe/config.yaml',
    )
    assert.notEqual(machine.run('systemctl', 'restart', 'emf-pxe.service').code, 0)
    assert.deepEqual([machine.property('ActiveState'), machine.property('ExecMainStatus')], ['failed', '4'])
    machine.run('sh', '-c', 'cp /run/saved /etc/emf-pxe/config.yaml && systemctl restart emf-pxe.service')
    expectActive()
  })

  test('the machine starts again, and it serves', async () => {
    await machine.powerOff()
    await machine.boot()
    await machine.until(() => machine.property('ActiveState') === 'active', 'active after a reboot', 30_000)
  })

  test('upgrades to another program, and goes back', () => {
    const other = join(machine.root, media, 'other')
    copyFileSync(join(machine.root, media, 'emf-pxe'), other)
    // The same program with another hash: bytes after the end of an ELF file mean nothing.
    appendFileSync(other, 'another build')
    const size = () => Number(machine.run('stat', '--format=%s', installed).out)
    const before = size()
    const up = machine.run(installed, 'upgrade', '--to', `${media}/other`, '--yes')
    assert.equal(up.code, 0, up.all)
    assert.equal(size(), before + 'another build'.length)
    expectActive()
    const back = machine.run(installed, 'upgrade', '--back', '--yes')
    assert.equal(back.code, 0, back.all)
    assert.equal(size(), before)
    expectActive()
  })

  test('uninstall keeps configuration and state; init finds them again', () => {
    const { code, all } = machine.run(installed, 'uninstall', '--yes')
    assert.equal(code, 0, all)
    assert.match(all, /= \/etc\/emf-pxe\/config\.yaml +stays/)
    assert.notEqual(machine.run('systemctl', 'is-active', 'emf-pxe.service').code, 0)
    assert.equal(machine.run('test', '-e', '/etc/emf-pxe/config.yaml').code, 0)
    const again = machine.run('sh', `${media}/install.sh`, ...flags)
    assert.equal(again.code, 0, again.all)
    expectActive()
  })

  test('uninstall --purge leaves the machine as it was', async () => {
    const { code, all } = machine.run(installed, 'uninstall', '--purge', '--yes')
    assert.equal(code, 0, all)
    await machine.powerOff()
    assert.deepEqual(difference(untouched, machine.snapshot()), [])
  })
})
