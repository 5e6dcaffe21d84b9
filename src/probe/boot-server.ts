import { randomInt } from 'node:crypto'
import type { Choice } from '../node/choose.ts'
import { askBootServer } from '../node/dhcp-client.ts'
import { markedAsPlayed } from '../proxydhcp/played-node.ts'
import { bootFileName } from '../wire/dhcp/boot-file.ts'
import { edk2BootServerRequest, ipxeBootServerRequest } from '../wire/dhcp/requests.ts'
import type { ProbeOptions } from './probe.ts'

/** What the boot server said, or that it said nothing. */
export interface BootServerStep {
  readonly server: string
  readonly port: number
  readonly answered: boolean
  readonly afterMs: number | undefined
  readonly file: string | undefined
  /** Where the file is, as the answer says. */
  readonly fileServer: string
}

/**
 * The question that firmware puts to a boot server, from our own address: it takes no lease, and our
 * address is as good a client's as any.
 */
export async function askNamedBootServer(
  choice: Extract<Choice, { kind: 'askBootServer' }>,
  options: ProbeOptions,
): Promise<BootServerStep> {
  const { network, clock, ourAddress, ports, kind, mac, uuid, windowMs } = options
  const { server } = choice
  const identity = { mac, architecture: kind.architecture, transactionId: randomInt(2 ** 32) }
  const hardware = uuid === undefined ? identity : { ...identity, uuid }
  const request =
    kind.chooser === 'ipxe'
      ? ipxeBootServerRequest(hardware, ourAddress, server)
      : edk2BootServerRequest(hardware, ourAddress)
  const question = { network, clock, address: ourAddress, server, port: ports.bootServer, windowMs }
  const reply = await askBootServer(markedAsPlayed(request), question)
  if (reply === undefined)
    return {
      server,
      port: ports.bootServer,
      answered: false,
      afterMs: undefined,
      file: undefined,
      fileServer: server,
    }
  const { siaddr } = reply.packet
  return {
    server,
    port: ports.bootServer,
    answered: true,
    afterMs: reply.afterMs,
    file: bootFileName(reply.packet),
    fileServer: siaddr === '0.0.0.0' ? server : siaddr,
  }
}
