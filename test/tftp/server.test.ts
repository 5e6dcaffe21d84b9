import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { edk2, ipxe, plain } from '../../src/node/tftp-profiles.ts'
import { fileOf, Site, sha256 } from './site.ts'
import { Stranger } from './stranger.ts'

const bytes = fileOf(100_000)
const lookup = (name: string) => (name === 'ipxe.efi' ? { bytes } : undefined)
const windowed = { tsize: '0', blksize: '1468', windowsize: '4' }

describe('refusals', () => {
  const rows: readonly [name: string, filename: string, mode: string, code: number, reason: string][] = [
    ['an unknown file', 'other.efi', 'octet', 1, 'not-found'],
    ['autoexec.ipxe', 'autoexec.ipxe', 'octet', 1, 'autoexec'],
    ['/autoexec.ipxe', '/autoexec.ipxe', 'octet', 1, 'autoexec'],
    ['two slashes', '//ipxe.efi', 'octet', 1, 'not-found'],
    ['a path that climbs', '../../etc/passwd', 'octet', 1, 'not-found'],
    ['a path that comes back', 'x/../ipxe.efi', 'octet', 1, 'not-found'],
    ['an absolute path', '/etc/passwd', 'octet', 1, 'not-found'],
    ['another case', 'IPXE.EFI', 'octet', 1, 'not-found'],
    ['an empty name', '', 'octet', 1, 'not-found'],
    ['a name of an object member', '__proto__', 'octet', 1, 'not-found'],
    ['mode mail', 'ipxe.efi', 'mail', 4, 'mode'],
    ['an unknown mode', 'ipxe.efi', 'binary', 4, 'mode'],
  ]
  for (const [name, filename, mode, code, reason] of rows) {
    test(`${name}: ERROR ${code} at once, ${reason}`, async () => {
      const site = await Site.open({ lookup })
      const stranger = await Stranger.open(site)
      await stranger.ask(filename, windowed, mode)
      assert.deepEqual(stranger.words, [`error ${code}`])
      assert.deepEqual(site.told(), [`refused:${reason}`])
      assert.equal(site.server.transfers, 0)
    })
  }

  test('a write: ERROR 2', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    await stranger.say({ type: 'write', filename: 'ipxe.efi', mode: 'octet', options: new Map() }, 69)
    assert.deepEqual(stranger.words, ['error 2'])
    assert.deepEqual(site.told(), ['refused:write'])
  })

  test('a boot file that is configured but not there yet: ERROR 1, artifact-missing', async () => {
    const site = await Site.open({ lookup: () => 'artifact-missing' })
    const stranger = await Stranger.open(site)
    await stranger.ask('ipxe.efi', windowed)
    assert.deepEqual(stranger.words, ['error 1'])
    assert.deepEqual(site.told(), ['refused:artifact-missing'])
  })
})

describe('names and modes', () => {
  for (const filename of ['ipxe.efi', '/ipxe.efi', 'ipxe.efi\xff']) {
    test(`${JSON.stringify(filename)} is served`, async () => {
      const site = await Site.open({ lookup })
      const stranger = await Stranger.open(site)
      await stranger.ask(filename, windowed)
      assert.deepEqual(stranger.words, ['oack'])
    })
  }

  test('netascii doubles LF and CR, and the size says so', async () => {
    const text = Buffer.from('a\nb\rc\r\n')
    const site = await Site.open({ lookup: () => ({ bytes: text }) })
    const stranger = await Stranger.open(site)
    await stranger.ask('x', { tsize: '0' }, 'netascii')
    assert.equal(site.facts[0]?.type === 'requested' && site.facts[0].totalBytes, 11)
  })
})

describe('the artifact', () => {
  test('a new one serves the next request, and the running transfer ends with the old one', async () => {
    let current = fileOf(400_000)
    const [before, after] = [current, fileOf(50_000)]
    const site = await Site.open({ lookup: () => ({ bytes: current }) })
    const running = site.fetch('ipxe.efi', edk2)
    await site.clock.advance(3)
    assert.equal(site.server.transfers, 1)
    current = after
    const next = site.fetch('ipxe.efi', ipxe)
    const [old, fresh] = [await site.clock.until(running), await site.clock.until(next)]
    assert.deepEqual([old.ok && old.sha256, fresh.ok && fresh.sha256], [sha256(before), sha256(after)])
  })
})

describe('data ports', () => {
  test('ephemeral: following transfers leave from different ports, none of them 69', async () => {
    const site = await Site.open({ lookup })
    const ports = new Set<number>()
    for (let count = 0; count < 4; count++) {
      const stranger = await Stranger.open(site)
      await stranger.ask('ipxe.efi', windowed)
      ports.add(stranger.lastPort)
    }
    assert.deepEqual([...ports].sort(), [...site.listener.dataPorts].sort())
    assert.equal(ports.size, 4)
    assert(!ports.has(69))
  })

  test('single: everything leaves from the request port, with all options', async () => {
    const site = await Site.open({ lookup, dataPorts: 'single' })
    assert.deepEqual(site.listener.dataPorts, [69])
    const results = await site.clock.until(
      Promise.all([
        site.fetch('ipxe.efi', edk2),
        site.fetch('ipxe.efi', plain),
        site.fetch('ipxe.efi', ipxe),
      ]),
    )
    assert(results.every((result) => result.ok && result.sha256 === sha256(bytes)))
    assert(results[0]?.ok && results[0].windowSize === 4)
  })

  test('a range: transfers leave from it, with all options', async () => {
    const site = await Site.open({ lookup, dataPorts: '40000-40099' })
    assert.deepEqual(site.listener.dataPorts, [40_000, 40_001, 40_002, 40_003])
    const result = await site.clock.until(site.fetch('ipxe.efi', edk2))
    assert(result.ok && result.windowSize === 4)
  })

  test('a range of one port', async () => {
    const site = await Site.open({ lookup, dataPorts: '40000-40000' })
    assert.deepEqual(site.listener.dataPorts, [40_000])
    const results = await site.clock.until(
      Promise.all([site.fetch('ipxe.efi', edk2), site.fetch('ipxe.efi', edk2)]),
    )
    assert(results.every((result) => result.ok))
  })

  for (const dataPorts of ['0-10', '5-4', '1-70000', 'many']) {
    test(`${dataPorts} is refused`, async () => {
      await assert.rejects(Site.open({ lookup, dataPorts }), { code: 'CONFIG_INVALID' })
    })
  }
})

describe('asking again', () => {
  test('the same request repeats the OACK from the same port, and stays one transfer', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    await stranger.ask('ipxe.efi', windowed)
    await stranger.ask('ipxe.efi', windowed)
    assert.deepEqual(stranger.words, ['oack', 'oack'])
    assert.equal(new Set(stranger.heard.map(({ port }) => port)).size, 1)
    assert.equal(site.server.transfers, 1)
  })

  test('the same request in the middle of the transfer changes nothing', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    await stranger.ask('ipxe.efi', windowed)
    await stranger.say({ type: 'ack', block: 0 })
    await stranger.ask('ipxe.efi', windowed)
    await stranger.say({ type: 'ack', block: 4 })
    assert.deepEqual(stranger.words, [
      'oack',
      'data 1',
      'data 2',
      'data 3',
      'data 4',
      'data 5',
      'data 6',
      'data 7',
      'data 8',
    ])
  })

  test('the same request after 2 s of silence comes from a node that was reset: it begins anew', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    await stranger.ask('ipxe.efi', windowed)
    const port = stranger.lastPort
    await stranger.say({ type: 'ack', block: 0 })
    await site.clock.advance(2500)
    await stranger.ask('ipxe.efi', windowed)
    assert.equal(stranger.words.at(-1), 'oack')
    assert.notEqual(stranger.lastPort, port)
    assert.deepEqual(site.told(), ['requested', 'failed:client-error', 'requested'])
  })

  test('another request from the same port replaces the first, which was a probe', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    await stranger.ask('ipxe.efi', windowed)
    await stranger.ask('ipxe.efi', { blksize: '1024' })
    assert.deepEqual(site.told(), ['requested', 'probed', 'requested'])
    assert.equal(site.server.transfers, 1)
  })
})

describe('foreign datagrams', () => {
  test('an ACK from another port: ERROR 5 there, and the transfer goes on', async () => {
    const site = await Site.open({ lookup })
    const network = site.node()
    const [node, foreign] = [await Stranger.open(site, network), await Stranger.open(site, network)]
    await node.ask('ipxe.efi', windowed)
    await node.say({ type: 'ack', block: 0 })
    await foreign.say({ type: 'ack', block: 4 }, node.lastPort)
    assert.deepEqual(foreign.words, ['error 5'])
    await node.say({ type: 'ack', block: 4 })
    assert.equal(node.words.at(-1), 'data 8')
  })

  test('an ERROR from another port does not end the transfer, and is not answered', async () => {
    const site = await Site.open({ lookup })
    const network = site.node()
    const [node, foreign] = [await Stranger.open(site, network), await Stranger.open(site, network)]
    await node.ask('ipxe.efi', windowed)
    await foreign.say({ type: 'error', code: 0, message: 'die' }, node.lastPort)
    assert.deepEqual(foreign.words, [])
    assert.equal(site.server.transfers, 1)
  })

  test('an ACK of the right node to the wrong port of ours does not move the transfer', async () => {
    const site = await Site.open({ lookup })
    const node = await Stranger.open(site)
    await node.ask('ipxe.efi', windowed)
    const wrong = site.listener.dataPorts.find((port) => port !== node.lastPort)
    await node.say({ type: 'ack', block: 0 }, wrong)
    assert.deepEqual(node.words, ['oack', 'error 5'])
  })

  test('ERRORs to strangers are at most 100 a second', async () => {
    const site = await Site.open({ lookup })
    const stranger = await Stranger.open(site)
    for (let count = 0; count < 1000; count++) await stranger.throw(Buffer.from([0, 4, 0, 1]), 69)
    assert(stranger.heard.length <= 200, `${stranger.heard.length} errors in one second`)
  })
})

describe('stopping', () => {
  test('draining: the running transfer ends, a new request waits for its retry', async () => {
    const site = await Site.open({ lookup })
    const running = site.fetch('ipxe.efi', plain)
    await site.clock.advance(1)
    const drained = site.server.drain()
    const late = await Stranger.open(site)
    await late.ask('ipxe.efi', windowed)
    assert((await site.clock.until(running)).ok)
    await site.clock.until(drained)
    assert.deepEqual(late.words, [])
    assert(site.told().includes('dropped:tftp-stopping'))
  })

  test('closing: clients that answered are told with ERROR 0, sockets are gone', async () => {
    const site = await Site.open({ lookup })
    const [client, forged] = [await Stranger.open(site), await Stranger.open(site)]
    await client.ask('ipxe.efi', { blksize: '1468' })
    await client.say({ type: 'ack', block: 0 })
    await forged.ask('ipxe.efi', windowed)
    site.server.close()
    await site.clock.advance(1)
    assert.deepEqual(client.words, ['oack', 'data 1', 'error 0'])
    assert.deepEqual(forged.words, ['oack'])
    assert.deepEqual(site.told(), [
      'requested',
      'requested',
      'failed:server-stopping',
      'failed:server-stopping',
    ])
    await forged.ask('ipxe.efi', windowed)
    assert.equal(forged.words.length, 1)
  })

  test('leaving one address ends its transfers and no others', async () => {
    const site = await Site.open({ lookup })
    const second = await site.server.listen({ address: '10.0.0.1', port: 70 })
    const [one, two] = [await Stranger.open(site), await Stranger.open(site)]
    await one.ask('ipxe.efi', windowed)
    await two.say({ type: 'read', filename: 'ipxe.efi', mode: 'octet', options: new Map() }, 70)
    second.close()
    assert.equal(site.server.transfers, 1)
    await one.say({ type: 'ack', block: 0 })
    assert.equal(one.words.at(-1), 'data 4')
  })
})

test('progress is told once a second at most', async () => {
  const big = fileOf(2_000_000)
  const site = await Site.open({ lookup: () => ({ bytes: big }), conditions: { delayMs: 2 } })
  const result = await site.clock.until(site.fetch('ipxe.efi', plain))
  assert(result.ok)
  const progress = site.facts.filter((fact) => fact.type === 'progress')
  assert.equal(progress.length, Math.floor(result.durationMs / 1000))
  assert(progress.every((fact, index) => fact.sentBytes > (progress[index - 1]?.sentBytes ?? 0)))
})

test('the block size is that of the interface when it is smaller', async () => {
  const site = await Site.open({ lookup })
  await site.server.listen({ address: '10.0.0.1', port: 70, maxBlockBytes: 1000 })
  const stranger = await Stranger.open(site)
  await stranger.say(
    { type: 'read', filename: 'ipxe.efi', mode: 'octet', options: new Map([['blksize', '1468']]) },
    70,
  )
  const requested = site.facts.find((fact) => fact.type === 'requested')
  assert.equal(requested?.blockBytes, 1000)
})
