import type { Clock } from '../../../src/net/datagram.ts'
import { KernelNetwork } from '../../../src/net/kernel.ts'
import { fetchFile } from '../../../src/node/tftp-client.ts'
import { edk2 } from '../../../src/node/tftp-profiles.ts'
import { encode } from '../../../src/wire/dhcp/encode.ts'
import { edk2BootServerRequest } from '../../../src/wire/dhcp/requests.ts'

export interface SiteNodes {
  readonly clock: Clock
  readonly server: string
  readonly ports: { readonly bootServer: number; readonly tftp: number }
  /** Each node has an address of its own on loopback, made of its number. */
  readonly count: number
  /** Number of the first node: others than in the round before. */
  readonly first: number
}

export function nodeAddress(index: number): string {
  return `127.9.${Math.floor(index / 250)}.${(index % 250) + 1}`
}

export function nodeMac(index: number): string {
  return `52:54:00:09:${(index >> 8).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`
}

/**
 * Many nodes that ask the boot server and then download, all at once. Resolves with the numbers of
 * those whose file came whole, as the nodes know it.
 */
export async function bootAll({ clock, server, ports, count, first }: SiteNodes): Promise<number[]> {
  const whole: number[] = []
  await Promise.all(
    Array.from({ length: count }, async (_, offset) => {
      const index = first + offset
      const network = new KernelNetwork()
      const address = nodeAddress(index)
      const socket = await network.open({ address, port: 0 })
      socket.onError(() => {})
      const hardware = { mac: nodeMac(index), architecture: 7, transactionId: index + 1 }
      socket.send(encode(edk2BootServerRequest(hardware, address)), {
        address: server,
        port: ports.bootServer,
      })
      const result = await fetchFile({
        network,
        clock,
        server: { address: server, port: ports.tftp },
        file: 'ipxe.efi',
        profile: { ...edk2, timeoutMs: 500, tries: 2 },
        localAddress: address,
      })
      socket.close()
      if (result.ok) whole.push(index)
    }),
  )
  return whole
}
