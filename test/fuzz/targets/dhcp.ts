import assert from 'node:assert/strict'
import * as addresses from '../../../src/wire/dhcp/addresses.ts'
import { bootFileName } from '../../../src/wire/dhcp/boot-file.ts'
import { architectureCodes, architectureName } from '../../../src/wire/dhcp/client-architecture.ts'
import { clientInterface } from '../../../src/wire/dhcp/client-interface.ts'
import { decode } from '../../../src/wire/dhcp/decode.ts'
import { encode } from '../../../src/wire/dhcp/encode.ts'
import { macText } from '../../../src/wire/dhcp/hardware-address.ts'
import { ipxeVersion, isIpxe } from '../../../src/wire/dhcp/ipxe.ts'
import { encodeMachineUuid, machineUuid } from '../../../src/wire/dhcp/machine-identifier.ts'
import { messageType } from '../../../src/wire/dhcp/message-type.ts'
import type { DhcpPacket } from '../../../src/wire/dhcp/packet.ts'
import { parameterRequestList } from '../../../src/wire/dhcp/parameter-list.ts'
import { encodeRelayAgentInformation, relayAgentInformation } from '../../../src/wire/dhcp/relay-agent.ts'
import { userClasses } from '../../../src/wire/dhcp/user-class.ts'
import { architectureInClass, vendorClass } from '../../../src/wire/dhcp/vendor-class.ts'
import { encodePxeSubOptions, pxeSubOptions } from '../../../src/wire/dhcp/vendor-specific.ts'
import { goldens } from '../../wire/dhcp/goldens.ts'
import { dhcpMutations } from '../dhcp-mutations.ts'
import type { FuzzTarget } from '../target.ts'

/** What a jumbo frame holds: more than any socket of ours is handed whole on an ordinary network. */
const longestBytes = 8_960

export async function open(): Promise<FuzzTarget> {
  return {
    feeds:
      'one datagram to the DHCP decoder, then to every reader of an option, and back through the encoder',
    holds: [
      'a packet or a named problem with its detail, never an exception',
      'the datagram is not changed, and the packet shares no memory with it',
      'what was decoded can be encoded, and decodes to the same packet again',
      'options are not longer than the datagram, and reading them takes work in proportion to it',
    ],
    longestBytes,
    seeds: goldens.map(({ bytes }) => bytes),
    mutations: dhcpMutations,
    mostWork: (bytes) => 2_000 + 60 * bytes,
    run,
  }
}

function run(bytes: Uint8Array): void {
  const result = decode(bytes)
  if (!result.ok) {
    if (!/^[a-z]+(-[a-z]+)*$/.test(result.problem) || result.detail === '') assert.fail(result.problem)
    return
  }
  const packet = result.value
  readEverything(packet)
  let optionBytes = 0
  for (const value of packet.options.values()) {
    optionBytes += value.length
    if (value.buffer === bytes.buffer) assert.fail('an option is a view of the datagram')
  }
  if (optionBytes > bytes.length) assert.fail(`${optionBytes} bytes of options in ${bytes.length}`)
  comesBack(packet)
}

function readEverything(packet: DhcpPacket): void {
  const { options } = packet
  for (const read of Object.values(addresses)) read(options)
  for (const code of architectureCodes(options)) architectureName(code)
  architectureInClass(vendorClass(options) ?? '')
  bootFileName(packet)
  clientInterface(options)
  ipxeVersion(options)
  isIpxe(options)
  macText(packet)
  messageType(options)
  parameterRequestList(options)
  userClasses(options)
  encodePxeSubOptions(pxeSubOptions(options))
  encodeRelayAgentInformation(relayAgentInformation(options))
  const uuid = machineUuid(options)
  if (uuid !== undefined && Buffer.compare(encodeMachineUuid(uuid), options.get(97) ?? bytes0) !== 0)
    assert.fail(`${uuid} does not come back`)
}

const bytes0 = new Uint8Array()

/** Encoding forgets nothing that decoding told. */
function comesBack(packet: DhcpPacket): void {
  const encoded = encode(packet)
  const again = decode(encoded)
  if (!again.ok) assert.fail(`${again.problem}: ${again.detail}`)
  const { options, chaddr, ...fields } = packet
  const { options: optionsAgain, chaddr: chaddrAgain, ...fieldsAgain } = again.value
  if (JSON.stringify(fields) !== JSON.stringify(fieldsAgain)) assert.deepEqual(fieldsAgain, fields)
  if (Buffer.compare(chaddr, chaddrAgain) !== 0) assert.deepEqual(chaddrAgain, chaddr)
  if (optionsAgain.size !== options.size) assert.deepEqual(optionsAgain, options)
  for (const [code, value] of options)
    if (Buffer.compare(value, optionsAgain.get(code) ?? bytes0) !== 0)
      assert.deepEqual(optionsAgain.get(code), value)
}
