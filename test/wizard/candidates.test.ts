import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { candidates, describeNic, ranked } from '../../src/wizard/candidates.ts'
import { describeHeard } from '../../src/wizard/describe-heard.ts'
import type { Answerer, Heard } from '../../src/wizard/listen.ts'
import { nic } from './support/table.ts'

const nobody = { kind: 'none', screenCode: 'PXE-E16', why: 'nobody says what to boot' } as const
const dhcp: Answerer = {
  kind: 'dhcpOnly',
  server: '10.0.0.1',
  offered: '10.0.0.50',
  bootFile: undefined,
  isThisMachine: false,
}
const proxy: Answerer = {
  ...dhcp,
  kind: 'proxyPxe',
  server: '10.0.0.9',
  offered: undefined,
  bootFile: 'x.efi',
}

function heard(...answerers: readonly Answerer[]): Heard {
  return { answerers, choice: nobody }
}

function texts(...answerers: readonly Answerer[]): string[] {
  return describeHeard(heard(...answerers)).map(({ outcome, text }) => `${outcome}: ${text}`)
}

describe('which NIC comes first', () => {
  const order = (...list: ReturnType<typeof candidates>) => ranked(list).map((entry) => entry.nic.name)
  const hears = (entry: ReturnType<typeof candidates>[number], ...answerers: readonly Answerer[]) => ({
    ...entry,
    heard: heard(...answerers),
  })

  test('where a DHCP server answers, before the way out, before silence', () => {
    const [out, site, silent] = candidates([
      nic('a-out', { hasDefaultRoute: true }),
      nic('c-site'),
      nic('b-silent'),
    ])
    assert.ok(out && site && silent)
    assert.deepEqual(order(out, silent, site), ['b-silent', 'c-site', 'a-out'])
    assert.deepEqual(order(hears(out, dhcp), silent, site), ['a-out', 'b-silent', 'c-site'])
    assert.deepEqual(order(hears(out, dhcp), silent, hears(site, dhcp)), ['c-site', 'a-out', 'b-silent'])
  })

  test('those that cannot be right are last, with why', () => {
    const list = candidates([
      nic('lo', { kind: 'loopback' }),
      nic('wlan0', { kind: 'wireless' }),
      nic('docker0', { kind: 'docker' }),
      nic('veth1', { kind: 'veth' }),
      nic('eth1', { running: false }),
      nic('eth2', { up: false, running: false }),
      nic('eth3', { addresses: [] }),
      nic('eth4', { master: 'br0' }),
      nic('eth5'),
    ])
    const names = ranked(list).map((entry) => entry.nic.name)
    assert.equal(names[0], 'eth5')
    assert.deepEqual(names.slice(-2).sort(), ['eth4', 'lo'])
    const facts = { summary: '', leasedNics: new Set(['eth5']) }
    const described = Object.fromEntries(list.map((entry) => [entry.nic.name, describeNic(entry, facts)]))
    assert.equal(described.eth5, '10.77.0.5/24, by DHCP, 1 Gbit/s')
    assert.match(described.wlan0 ?? '', /wireless: firmware boots over cable$/)
    assert.match(described.docker0 ?? '', /a bridge of Docker$/)
    assert.match(described.veth1 ?? '', /between namespaces/)
    assert.match(described.eth1 ?? '', /the link is down$/)
    assert.match(described.eth2 ?? '', /switched off$/)
    assert.match(described.eth3 ?? '', /no IPv4 address$/)
    assert.match(described.eth4 ?? '', /a port of br0/)
  })
})

describe('what was heard on a NIC', () => {
  test('nobody', () => {
    assert.deepEqual(texts(), ['warning: nobody answers: nodes here would get no address'])
  })

  test('the site’s DHCP server alone', () => {
    assert.deepEqual(texts(dhcp), [
      'ok: the site’s DHCP server 10.0.0.1 offers 10.0.0.50',
      'ok: UEFI firmware will choose our offer',
    ])
  })

  test('a DHCP server with a boot file of its own loses against us', () => {
    const withFile = { ...dhcp, bootFile: 'old.efi' }
    const offer = { kind: 'dhcpOnly', server: '10.0.0.1', bootFile: 'old.efi' } as never
    const choice = { kind: 'fetch', offer, server: '10.0.0.1', file: 'old.efi', why: '' } as const
    const lines = describeHeard({ answerers: [withFile], choice }).map(({ text }) => text)
    assert.match(lines[0] ?? '', /names a boot file itself \(old\.efi\)/)
    assert.match(lines[1] ?? '', /boots old\.efi from 10\.0\.0\.1; our offer comes before it/)
  })

  test('a DHCP server that speaks PXE wins against us', () => {
    const [said, means] = texts({ ...dhcp, kind: 'dhcpPxe' })
    assert.match(said ?? '', /^warning: DHCP server 10\.0\.0\.1 speaks PXE itself/)
    assert.match(means ?? '', /^warning: UEFI firmware chooses 10\.0\.0\.1 before us/)
  })

  test('a rival ProxyDHCP server, and no DHCP server', () => {
    assert.match(texts(dhcp, proxy).at(-1) ?? '', /whoever is first, 10\.0\.0\.9 or us/)
    assert.match(texts(proxy).at(-1) ?? '', /no DHCP server answers/)
  })

  test('our own service is not a rival', () => {
    const lines = texts(dhcp, { ...proxy, isThisMachine: true })
    assert.ok(lines.includes('ok: this machine (10.0.0.9) answers already'))
    assert.equal(lines.at(-1), 'ok: UEFI firmware will choose our offer')
  })

  test('text from the network is escaped', () => {
    assert.ok(
      !texts({ ...proxy, bootFile: 'x\u001b[2J' }, dhcp)
        .join()
        .includes('\u001b'),
    )
  })
})
