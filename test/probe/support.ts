import { readOffer } from '../../src/node/offer.ts'
import type { Answer } from '../../src/probe/discover.ts'
import { addressToBytes } from '../../src/wire/dhcp/address.ts'
import { edk2Discover } from '../../src/wire/dhcp/requests.ts'
import { textToBytes } from '../../src/wire/dhcp/text.ts'

const question = edk2Discover({ mac: '02:65:6d:00:00:01', architecture: 7, transactionId: 1 })

/** An answer by `server`; what is left out is not in it. */
export function answer(
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
