import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readOffer } from '../../src/node/offer.ts'
import { choose } from '../../src/probe/choose.ts'
import type { Answer } from '../../src/probe/discover.ts'
import { nodeKinds } from '../../src/probe/kinds.ts'
import { addressToBytes } from '../../src/wire/dhcp/address.ts'
import { edk2Discover } from '../../src/wire/dhcp/requests.ts'
import { textToBytes } from '../../src/wire/dhcp/text.ts'

const question = edk2Discover({ mac: '02:65:6d:00:00:01', architecture: 7, transactionId: 1 })

/** An answer by `server`; what is left out is not in it. */
function answer(
  server: string,
  wishes: { address?: string; vendorClass?: string; file?: string; control?: number; dropped?: string } = {},
): Answer {
  const { address, vendorClass, file, control, dropped } = wishes
  const options = new Map<number, Uint8Array>([
    [53, Uint8Array.of(2)],
    [54, Uint8Array.from(addressToBytes(server))],
  ])
  if (vendorClass !== undefined) options.set(60, Uint8Array.from(textToBytes(vendorClass)))
  if (file !== undefined) options.set(67, Uint8Array.from(textToBytes(file)))
  if (control !== undefined) options.set(43, Uint8Array.of(6, 1, control, 255))
  const packet = { ...question, op: 2 as const, yiaddr: address ?? '0.0.0.0', siaddr: server, options }
  return {
    offer: readOffer(packet),
    sender: server,
    afterMs: 1,
    offeredAddress: address,
    routers: [],
    nameServers: [],
    vendorClass,
    dropped,
  }
}

const site = answer('10.0.0.1', { address: '10.0.0.100' })
const siteWithFile = answer('10.0.0.1', { address: '10.0.0.100', file: 'site.efi' })
const direct = answer('10.0.0.2', { vendorClass: 'PXEClient', control: 8, file: 'ours.efi' })
const toAsk = answer('10.0.0.3', { vendorClass: 'PXEClient' })
const url = answer('10.0.0.4', { vendorClass: 'HTTPClient', file: 'http://10.0.0.4/x.efi' })

describe('who wins', () => {
  const rows = [
    { kind: 'edk2-x64', heard: [site, toAsk, direct], server: '10.0.0.2', how: 'fetch' },
    { kind: 'edk2-x64', heard: [site, toAsk], server: '10.0.0.3', how: 'askBootServer' },
    { kind: 'edk2-x64', heard: [siteWithFile, direct], server: '10.0.0.2', how: 'fetch' },
    { kind: 'edk2-x64', heard: [direct], server: undefined, how: 'none' },
    { kind: 'ipxe', heard: [siteWithFile, direct], server: '10.0.0.2', how: 'fetch' },
    { kind: 'ipxe', heard: [siteWithFile], server: '10.0.0.1', how: 'fetch' },
    { kind: 'ipxe', heard: [site, toAsk], server: '10.0.0.3', how: 'askBootServer' },
    { kind: 'ipxe', heard: [site], server: undefined, how: 'none' },
    { kind: 'ipxe', heard: [direct], server: undefined, how: 'none' },
    { kind: 'http-x64', heard: [site, direct, url], server: '10.0.0.4', how: 'fetch' },
    { kind: 'http-x64', heard: [site, direct], server: undefined, how: 'none' },
    { kind: 'http-x64', heard: [url], server: undefined, how: 'none' },
  ] as const
  for (const { kind, heard, server, how } of rows) {
    const who = heard.map(({ offer }) => offer.server.slice(-1)).join()
    test(`${kind} hears ${who}: ${how} ${server ?? ''}`, () => {
      const choice = choose(nodeKinds[kind], heard)
      assert.equal(choice.kind, how)
      assert.equal(choice.kind === 'none' ? undefined : choice.offer.server, server)
    })
  }

  test('what firmware drops cannot win', () => {
    const choice = choose(nodeKinds['edk2-x64'], [site, { ...direct, dropped: 'option 54 is missing' }])
    assert.equal(choice.kind, 'none')
  })
})
