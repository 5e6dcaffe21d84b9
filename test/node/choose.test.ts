import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseAsEdk2, whyEdk2Drops } from '../../src/node/choose.ts'
import { readOffer } from '../../src/node/offer.ts'
import { addressToBytes } from '../../src/wire/dhcp/address.ts'
import { DhcpOption } from '../../src/wire/dhcp/constants.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { edk2Discover } from '../../src/wire/dhcp/requests.ts'
import { textToBytes } from '../../src/wire/dhcp/text.ts'

const discover = edk2Discover({ mac: '52:54:00:00:00:01', architecture: 7, transactionId: 1 })

interface Wishes {
  readonly server: string
  readonly address?: string
  readonly pxe?: boolean
  /** Option 43. */
  readonly vendor?: readonly number[]
  readonly file?: string
}

function offer({ server, address, pxe, vendor, file }: Wishes): DhcpPacket {
  const options = new Map<number, Uint8Array>([
    [DhcpOption.messageType, Uint8Array.of(2)],
    [DhcpOption.serverIdentifier, addressToBytes(server)],
  ])
  if (pxe === true) options.set(DhcpOption.vendorClass, textToBytes('PXEClient'))
  if (vendor !== undefined) options.set(DhcpOption.vendorSpecific, Uint8Array.from(vendor))
  return { ...discover, op: 2, yiaddr: address ?? '0.0.0.0', siaddr: server, file: file ?? '', options }
}

const direct = [6, 1, 8, 255]
const address = offer({ server: '10.0.0.1', address: '10.0.0.100' })
const addressWithFile = offer({ server: '10.0.0.1', address: '10.0.0.100', file: 'theirs.efi' })
const addressPxe = offer({ server: '10.0.0.1', address: '10.0.0.100', pxe: true, file: 'theirs.efi' })
const addressPxeDirect = offer({
  server: '10.0.0.1',
  address: '10.0.0.100',
  pxe: true,
  vendor: direct,
  file: 'theirs.efi',
})
const proxyDirect = offer({ server: '10.0.0.2', pxe: true, vendor: direct, file: 'ours.efi' })
const proxyBootServer = offer({ server: '10.0.0.3', pxe: true })
const proxyMenu = offer({ server: '10.0.0.4', pxe: true, vendor: [6, 1, 0, 255] })

const rows: { name: string; offers: DhcpPacket[]; expect: string }[] = [
  { name: 'nobody', offers: [], expect: 'PXE-E16' },
  { name: 'a proxy but no address', offers: [proxyDirect], expect: 'PXE-E16' },
  { name: 'an address alone', offers: [address], expect: 'PXE-E16' },
  {
    name: 'an address and the direct form',
    offers: [address, proxyDirect],
    expect: 'fetch ours.efi from 10.0.0.2',
  },
  {
    name: 'the direct form first, then the address',
    offers: [proxyDirect, address],
    expect: 'fetch ours.efi from 10.0.0.2',
  },
  {
    name: 'a site server with its own file loses to the direct form',
    offers: [addressWithFile, proxyDirect],
    expect: 'fetch ours.efi from 10.0.0.2',
  },
  {
    name: 'a site server with its own file wins when nobody else offers',
    offers: [addressWithFile],
    expect: 'fetch theirs.efi from 10.0.0.1',
  },
  { name: 'an address and the boot server form', offers: [address, proxyBootServer], expect: 'ask 10.0.0.3' },
  {
    name: 'the direct form beats the boot server form',
    offers: [address, proxyBootServer, proxyDirect],
    expect: 'fetch ours.efi from 10.0.0.2',
  },
  {
    name: 'a PXEClient DHCP server beats the boot server form',
    offers: [addressPxe, proxyBootServer],
    expect: 'fetch theirs.efi from 10.0.0.1',
  },
  {
    name: 'a DHCP server that speaks PXE itself beats all',
    offers: [proxyDirect, addressPxeDirect],
    expect: 'fetch theirs.efi from 10.0.0.1',
  },
  { name: 'a menu without entries', offers: [address, proxyMenu], expect: 'PXE-E21' },
]

for (const { name, offers, expect } of rows) {
  test(`edk2 chooses: ${name} → ${expect}`, () => {
    const choice = chooseAsEdk2(offers.map(readOffer))
    const seen =
      choice.kind === 'none'
        ? choice.screenCode
        : choice.kind === 'fetch'
          ? `fetch ${choice.file} from ${choice.server}`
          : `ask ${choice.server}`
    assert.equal(seen, expect)
    assert.ok(choice.why.length > 10)
  })
}

test('the 17th offer is not kept', () => {
  const many = Array.from({ length: 16 }, () => address)
  assert.equal(chooseAsEdk2([...many, proxyDirect].map(readOffer)).kind, 'none')
})

test('offers without a server identifier are dropped', () => {
  const options = new Map(proxyDirect.options)
  options.delete(DhcpOption.serverIdentifier)
  assert.match(whyEdk2Drops({ ...proxyDirect, options }) ?? '', /option 54/)
  assert.equal(whyEdk2Drops(proxyDirect), undefined)
})
