import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { askBootServer, DhcpClient } from '../../src/node/dhcp-client.ts'
import { networkBoot } from '../../src/node/network-boot.ts'
import { fetchFile } from '../../src/node/tftp-client.ts'
import { edk2 } from '../../src/node/tftp-profiles.ts'
import { bootFileName } from '../../src/wire/dhcp/boot-file.ts'
import type { DhcpPacket } from '../../src/wire/dhcp/packet.ts'
import { edk2BootServerRequest, edk2HttpDiscover, ipxeDiscover } from '../../src/wire/dhcp/requests.ts'
import { file, ignored, kinds, mac, macOf, ports, TestLan } from './lan.ts'

const gone = () => Promise.reject(new Error('ENOENT: no such file'))

describe('two servers on one LAN, one of them without its boot file', () => {
  test('100 nodes boot from the other one at their first DISCOVER', async () => {
    const lan = await TestLan.open()
    // The first one that is plugged in answers first: what it offers is what edk2 keeps.
    const empty = await lan.serve({ address: '10.0.0.2', read: gone })
    const full = await lan.serve({ address: '10.0.0.3' })
    const nodes = Array.from({ length: 100 }, (_, index) => lan.nodeOptions(index + 1, index + 1))
    const boots = await lan.clock.until(
      Promise.all(nodes.map((node) => networkBoot({ ...node, profile: edk2 }))),
    )
    assert.equal(boots.filter(({ result, server }) => result.ok && server === '10.0.0.3').length, 100)
    assert.equal(full.events.filter(({ type }) => type === 'dhcp.offered').length, 100)
    assert.deepEqual(ignored(empty), Array(100).fill('artifact-missing'))
    assert.equal(empty.stories.get(macOf(100))?.failure?.reason, 'artifact-missing')
  })
})

describe('a server without its boot file', () => {
  test('runs, offers nothing, and names file and reason', async () => {
    const lan = await TestLan.open()
    const server = await lan.serve({ read: gone })
    await assert.rejects(lan.boot(lan.nodeOptions()), /PXE-E16/)
    assert.deepEqual(ignored(server), ['artifact-missing'])
    assert.ok(kinds(server).includes('interface.listening'))
    assert.match(
      server.stories.get(mac)?.failure?.detail ?? '',
      /ipxe.efi for x64: \/boot\/ipxe.efi: ENOENT: no such file/,
    )
  })

  test('offers the file as soon as it is there, to a node that asks again', async () => {
    const lan = await TestLan.open()
    const server = await lan.serve({ read: gone })
    const node = lan.nodeOptions()
    await assert.rejects(lan.boot(node), /PXE-E16/)
    await server.readAgain(async () => file)
    assert.ok((await lan.boot(node)).result.ok)
    const { stage, failure } = server.stories.get(mac) ?? {}
    assert.deepEqual([stage, failure], ['fetched', undefined])
  })

  test('goes on offering and serving what it has read, when the file disappears', async () => {
    const lan = await TestLan.open()
    const server = await lan.serve({})
    await server.readAgain(gone)
    assert.deepEqual(
      server.events.flatMap((event) => (event.type === 'artifact.missing' ? [event.stillServed] : [])),
      [true],
    )
    assert.ok((await lan.boot(lan.nodeOptions())).result.ok)
  })

  test('is silent on the boot server port too, where a node that asks again may find the file there', async () => {
    const lan = await TestLan.open()
    const server = await lan.serve({ read: gone })
    const { network, clock, hardware } = lan.nodeOptions()
    const ask = () =>
      clock.until(
        askBootServer(edk2BootServerRequest({ ...hardware, transactionId: 5 }, '10.0.1.1'), {
          network,
          clock,
          address: '10.0.1.1',
          server: '10.0.0.2',
          port: ports.bootServer,
          windowMs: 1000,
        }),
      )
    assert.equal(await ask(), undefined)
    assert.deepEqual(ignored(server), ['artifact-missing'])
    await server.readAgain(async () => file)
    const reply = await ask()
    assert.equal(reply && bootFileName(reply.packet), 'ipxe.efi')
  })

  test('refuses at once, by TFTP ERROR 1, a node that another DHCP server has sent', async () => {
    const lan = await TestLan.open()
    await lan.serve({ read: gone })
    const { network, clock } = lan.nodeOptions()
    const server = { address: '10.0.0.2', port: ports.tftp }
    const startedAtMs = clock.now()
    const fetched = fetchFile({
      network,
      clock,
      server,
      file: 'ipxe.efi',
      profile: edk2,
      localAddress: '10.0.1.1',
    })
    const result = await clock.until(fetched)
    assert.ok(!result.ok)
    assert.equal(result.code, 1)
    assert.ok(clock.now() - startedAtMs < 100)
  })

  const script = 'scriptUrl: https://edge.example.com/boot.ipxe\n'
  const asks: [name: string, config: string, discover: DhcpPacket, heard: string | undefined][] = [
    [
      'leaves iPXE in a ROM to the server that has the file, rather than hand it the script',
      script,
      ipxeDiscover({ mac, architecture: 7, transactionId: 3 }),
      undefined,
    ],
    [
      'offers no URL of its own for HTTP boot',
      'httpBoot: { mode: local }\n',
      edk2HttpDiscover({ mac, architecture: 16, transactionId: 3 }),
      undefined,
    ],
    [
      'still hands out the orchestrator’s URL for HTTP boot',
      'httpBoot: { mode: orchestrator, url: https://edge.example.com/i.efi }\n',
      edk2HttpDiscover({ mac, architecture: 16, transactionId: 3 }),
      'https://edge.example.com/i.efi',
    ],
  ]
  for (const [name, config, discover, heard] of asks)
    test(name, async () => {
      const lan = await TestLan.open()
      const server = await lan.serve({ config, read: gone })
      const { network, clock } = lan.nodeOptions()
      const client = await DhcpClient.open({
        network,
        clock,
        interface: 'n1',
        sourceAddress: '0.0.0.0',
        ports,
      })
      const replies = await clock.until(client.ask(discover, 1000))
      const ours = replies.find(({ from }) => from === '10.0.0.2')
      assert.equal(ours && bootFileName(ours.packet), heard)
      assert.deepEqual(ignored(server), heard === undefined ? ['artifact-missing'] : [])
    })
})
