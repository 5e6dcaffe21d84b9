import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { choose } from '../../src/probe/choose.ts'
import { nodeKinds } from '../../src/probe/kinds.ts'
import { answer } from './support.ts'

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

test('every kind asks so that it hears the answers: our NIC has another MAC address', () => {
  for (const [name, { discover, architecture }] of Object.entries(nodeKinds)) {
    const { flags } = discover({ mac: '02:65:6d:00:00:01', architecture, transactionId: 1 })
    assert.equal(flags, 0x8000, name)
  }
})
