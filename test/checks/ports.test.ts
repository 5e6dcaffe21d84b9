import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test } from 'node:test'
import { takenPort } from '../../src/checks/host/ports.ts'
import { running } from '../../src/checks/service/service.ts'
import { facts } from './support.ts'

const [dhcp, bootServer] = [46_067, 46_011]
const active = 'LoadState=loaded\nActiveState=active\nResult=success\n'
const run = async () => ({ kind: 'ok', stdout: active }) as const
const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root (run it with sudo)' } as const

function siteWithTftpOn(port: number) {
  const ports = `{ dhcp: ${dhcp}, bootServer: ${bootServer}, tftp: ${port} }`
  return facts({
    configText: `interfaces: [{ name: lo }]\nbootFiles: { x64: /nowhere/ipxe.efi }\nports: ${ports}`,
    run,
  })
}

test(
  'a service that a stolen port keeps from answering is folded into the check of that port',
  asRoot,
  async (t) => {
    const thief = createSocket('udp4').bind(0, '127.0.0.1')
    await once(thief, 'listening')
    t.after(() => thief.close())
    const site = siteWithTftpOn(thief.address().port)
    assert.equal(await takenPort(site), 'port-tftp')
    assert.equal((await running.run(site)).because, 'port-tftp')
  },
)

test('one that holds no port though all are free is a fault of its own', asRoot, async () => {
  const site = siteWithTftpOn(46_069)
  assert.equal(await takenPort(site), undefined)
  const { outcome, evidence } = await running.run(site)
  assert.deepEqual([outcome, evidence], ['failed', 'emf-pxe.service is active, and yet holds no port'])
})
