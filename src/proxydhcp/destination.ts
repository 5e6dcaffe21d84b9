import { unspecifiedAddress } from '../wire/dhcp/address.ts'
import { DhcpPort, RelaySubOption } from '../wire/dhcp/constants.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import { relayAgentInformation } from '../wire/dhcp/relay-agent.ts'
import type { Arrival, BootPolicy, ReplyDestination } from './types.ts'

/**
 * Where a reply goes.
 *
 * 1. Asked on the boot server port: back to the address and port it came from. Firmware sends from
 *    port 4011, iPXE from 68, and each listens only there. Without an address yet (0.0.0.0): broadcast.
 * 2. Through a relay (`giaddr`): to the relay, on its server port (RFC 2131 §4.1), or on the port that
 *    it sent from, if it says that it listens there (RFC 8357).
 * 3. Otherwise broadcast, out of the NIC it came in by. Never to `yiaddr`: we assign none; and never
 *    as unicast to `ciaddr` or to the MAC alone, although RFC 2131 §4.1 would have it so when the broadcast flag
 *    is clear, because a node that has no address hears only broadcasts from a server that is not its own.
 */
export function destinationOf(request: DhcpPacket, policy: BootPolicy, arrival: Arrival): ReplyDestination {
  if (arrival.service === 'bootServer' && arrival.source.address !== unspecifiedAddress) {
    return { kind: 'unicast', to: arrival.source }
  }
  if (arrival.service === 'dhcp' && request.giaddr !== unspecifiedAddress) {
    return { kind: 'unicast', to: { address: request.giaddr, port: relayPort(request, arrival) } }
  }
  return { kind: 'broadcast', port: policy.dhcpClientPort }
}

function relayPort(request: DhcpPacket, arrival: Arrival): number {
  const usesItsSourcePort = relayAgentInformation(request.options).has(RelaySubOption.sourcePort)
  return usesItsSourcePort ? arrival.source.port : DhcpPort.server
}
