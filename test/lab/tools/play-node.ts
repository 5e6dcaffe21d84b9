import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { parseArgs } from 'node:util'
import { systemClock } from '../../../src/net/clock.ts'
import { KernelNetwork } from '../../../src/net/kernel.ts'
import type { Choice } from '../../../src/node/choose.ts'
import { askBootServer, DhcpClient } from '../../../src/node/dhcp-client.ts'
import { chooseFrom } from '../../../src/node/network-boot.ts'
import { fetchFile } from '../../../src/node/tftp-client.ts'
import { type NodeKindName, nodeKinds } from '../../../src/probe/kinds.ts'
import { bootFileName } from '../../../src/wire/dhcp/boot-file.ts'
import { edk2BootServerRequest } from '../../../src/wire/dhcp/requests.ts'

/**
 * `node play-node.ts [--as KIND] [--no-fetch]`: one try of a node, up to its file, from NIC `e0` and its fixed
 * address. `emf-pxe probe` says of itself that it is no node; this one does not.
 */
const { values } = parseArgs({
  options: { as: { type: 'string', default: 'edk2-x64' }, 'no-fetch': { type: 'boolean', default: false } },
})
const ports = { server: 67, client: 68, bootServer: 4011 }
const windowMs = 1_000
const kind = nodeKinds[values.as as NodeKindName]
const mac = readFileSync('/sys/class/net/e0/address', 'utf8').trim()
const address = networkInterfaces().e0?.find(({ family }) => family === 'IPv4')?.address ?? '0.0.0.0'
const hardware = { mac, architecture: kind.architecture, transactionId: randomInt(2 ** 32) }
const network = new KernelNetwork()

const choice = await choose()
if (choice.kind !== 'none' && !values['no-fetch']) await fetch(choice)

async function choose(): Promise<Choice> {
  const client = await DhcpClient.open({
    network,
    clock: systemClock,
    interface: 'e0',
    sourceAddress: address,
    ports,
  })
  const heard = await client.ask(kind.discover(hardware), windowMs)
  client.close()
  return chooseFrom(heard)
}

async function fetch(choice: Exclude<Choice, { kind: 'none' }>): Promise<void> {
  const { server } = choice
  const file = choice.kind === 'fetch' ? choice.file : await namedBy(server)
  await fetchFile({
    network,
    clock: systemClock,
    server: { address: server, port: 69 },
    file,
    profile: kind.profile,
    localAddress: address,
  })
}

async function namedBy(server: string): Promise<string> {
  const question = { network, clock: systemClock, address, server, port: ports.bootServer, windowMs }
  const reply = await askBootServer(edk2BootServerRequest(hardware, address), question)
  if (reply === undefined) throw new Error(`${server} did not answer on port ${ports.bootServer}`)
  return bootFileName(reply.packet) ?? ''
}
