import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  domainNameServers,
  leaseSeconds,
  requestedAddress,
  routers,
  serverIdentifier,
  subnetMask,
} from '../../../src/wire/dhcp/addresses.ts'
import { bootFileName, encodeBootFileSize } from '../../../src/wire/dhcp/boot-file.ts'
import { architectureCodes, architectureName } from '../../../src/wire/dhcp/client-architecture.ts'
import { clientInterface } from '../../../src/wire/dhcp/client-interface.ts'
import { macText, macToHardwareAddress } from '../../../src/wire/dhcp/hardware-address.ts'
import { ipxeVersion, isIpxe } from '../../../src/wire/dhcp/ipxe.ts'
import {
  encodeMachineUuid,
  machineIdentifier,
  machineUuid,
} from '../../../src/wire/dhcp/machine-identifier.ts'
import { messageType, messageTypeName } from '../../../src/wire/dhcp/message-type.ts'
import { parameterRequestList } from '../../../src/wire/dhcp/parameter-list.ts'
import { encodeRelayAgentInformation, relayAgentInformation } from '../../../src/wire/dhcp/relay-agent.ts'
import { decodeSubOptions, encodeSubOptions } from '../../../src/wire/dhcp/sub-options.ts'
import { userClasses } from '../../../src/wire/dhcp/user-class.ts'
import { architectureInClass, vendorClass } from '../../../src/wire/dhcp/vendor-class.ts'
import { encodePxeSubOptions, pxeSubOptions } from '../../../src/wire/dhcp/vendor-specific.ts'
import { options } from './packets.ts'

const none = options()

describe('message type (53)', () => {
  test('one byte', () => assert.equal(messageType(options([53, [3]])), 3))
  test('absent, empty or two bytes: none', () => {
    for (const odd of [none, options([53, []]), options([53, [1, 1]])])
      assert.equal(messageType(odd), undefined)
  })
  test('names', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6, 7, 8, 0, 9, undefined].map(messageTypeName), [
      'DISCOVER',
      'OFFER',
      'REQUEST',
      'DECLINE',
      'ACK',
      'NAK',
      'RELEASE',
      'INFORM',
      'type 0',
      'type 9',
      'BOOTP',
    ])
  })
})

describe('addresses and numbers', () => {
  test('server identifier (54) and requested address (50)', () => {
    assert.equal(serverIdentifier(options([54, [10, 0, 0, 1]])), '10.0.0.1')
    assert.equal(requestedAddress(options([50, [10, 0, 0, 9]])), '10.0.0.9')
    assert.equal(serverIdentifier(options([54, [10, 0, 0]])), undefined)
    assert.equal(requestedAddress(none), undefined)
  })
  test('mask (1), routers (3), name servers (6)', () => {
    assert.equal(subnetMask(options([1, [255, 255, 255, 0]])), '255.255.255.0')
    assert.deepEqual(routers(options([3, [10, 0, 0, 1, 10, 0, 0, 2]])), ['10.0.0.1', '10.0.0.2'])
    assert.deepEqual(domainNameServers(options([6, [10, 0, 0, 1, 10, 0]])), ['10.0.0.1'])
    assert.deepEqual(routers(none), [])
  })
  test('lease time (51) is unsigned', () => {
    assert.equal(leaseSeconds(options([51, [0xff, 0xff, 0xff, 0xff]])), 4_294_967_295)
    assert.equal(leaseSeconds(options([51, [1]])), undefined)
  })
  test('parameter request list (55)', () => {
    assert.deepEqual(parameterRequestList(options([55, [1, 3, 60]])), [1, 3, 60])
    assert.deepEqual(parameterRequestList(none), [])
  })
})

describe('vendor class (60)', () => {
  test('as sent', () => {
    assert.equal(vendorClass(options([60, 'PXEClient'])), 'PXEClient')
    assert.equal(vendorClass(none), undefined)
  })
  for (const [text, code] of [
    ['PXEClient:Arch:00007:UNDI:003000', 7],
    ['PXEClient:Arch:00000', 0],
    ['HTTPClient:Arch:00016:UNDI:003001', 16],
    ['PXEClient', undefined],
    ['PXEClient:Arch:7x', undefined],
    ['PXEClient:Arch:123456', undefined],
    ['', undefined],
  ] as const) {
    test(`architecture in ${JSON.stringify(text)}: ${code}`, () =>
      assert.equal(architectureInClass(text), code))
  }
})

describe('user class (77)', () => {
  const rows: [name: string, value: string | number[], expected: string[]][] = [
    ['iPXE: bare text', 'iPXE', ['iPXE']],
    ['RFC 3004: one class', '\x04iPXE', ['iPXE']],
    ['RFC 3004: two classes', '\x04iPXE\x03lab', ['iPXE', 'lab']],
    ['a length that overruns: bare text', '\x05iPXE', ['\x05iPXE']],
    ['a length of 0: bare text', [0], ['\0']],
    ['empty', '', []],
  ]
  for (const [name, value, expected] of rows) {
    test(name, () => assert.deepEqual(userClasses(options([77, value])), expected))
  }
  test('absent', () => assert.deepEqual(userClasses(none), []))
})

describe('architecture (93)', () => {
  test('one, several, an odd byte at the end', () => {
    assert.deepEqual(architectureCodes(options([93, [0, 7]])), [7])
    assert.deepEqual(architectureCodes(options([93, [0, 16, 0, 7, 1, 2]])), [16, 7, 258])
    assert.deepEqual(architectureCodes(options([93, [0, 7, 9]])), [7])
    assert.deepEqual(architectureCodes(options([93, [7]])), [])
    assert.deepEqual(architectureCodes(none), [])
  })
  test('names', () => {
    assert.equal(architectureName(7), 'x64 UEFI (7)')
    assert.equal(architectureName(1234), 'unknown (1234)')
  })
})

test('network interface (94)', () => {
  assert.deepEqual(clientInterface(options([94, [1, 3, 16]])), { type: 1, major: 3, minor: 16 })
  assert.equal(clientInterface(options([94, [1, 3]])), undefined)
  assert.equal(clientInterface(none), undefined)
})

describe('machine identifier (97)', () => {
  const uuid = '00112233-4455-6677-8899-aabbccddeeff'
  const wire = [
    0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff,
  ]
  test('the first three fields are little-endian on the wire', () => {
    assert.equal(machineUuid(options([97, [0, ...wire]])), uuid)
    assert.deepEqual([...encodeMachineUuid(uuid)], [0, ...wire])
    assert.deepEqual([...encodeMachineUuid(uuid.toUpperCase())], [0, ...wire])
  })
  test('no UUID: absent, another type, another length, all zeros, all ones', () => {
    const rows = [
      none,
      ...[[1, ...wire], wire, [0], [0, ...Array(16).fill(0)], [0, ...Array(16).fill(255)]].map((value) =>
        options([97, value]),
      ),
    ]
    for (const row of rows) assert.equal(machineUuid(row), undefined)
  })
  test('other types are kept as they are', () => {
    assert.deepEqual(machineIdentifier(options([97, [3, 1, 2]])), { type: 3, value: Uint8Array.of(1, 2) })
    assert.equal(machineIdentifier(options([97, []])), undefined)
  })
  test('text that is no UUID is refused', () => {
    assert.throws(() => encodeMachineUuid('00112233'), /not a UUID/)
    assert.throws(() => encodeMachineUuid('no hexadecimal'), RangeError)
  })
})

describe('sub-options', () => {
  test('PXE (43): pads are skipped and 255 ends', () => {
    const found = pxeSubOptions(options([43, [0, 6, 1, 8, 0, 71, 4, 0, 0, 0, 0, 255, 9, 1, 1]]))
    assert.deepEqual(
      [...found],
      [
        [6, Uint8Array.of(8)],
        [71, Uint8Array.of(0, 0, 0, 0)],
      ],
    )
  })
  test('PXE (43): what is cut off ends the list, and what came before it stands', () => {
    assert.deepEqual([...pxeSubOptions(options([43, [6, 1, 8, 9, 5, 1]]))], [[6, Uint8Array.of(8)]])
    assert.deepEqual([...pxeSubOptions(options([43, [6]]))], [])
    assert.deepEqual([...pxeSubOptions(none)], [])
  })
  test('PXE (43): written with its 255', () => {
    assert.deepEqual([...encodePxeSubOptions(new Map([[6, Uint8Array.of(8)]]))], [6, 1, 8, 255])
  })
  test('relay agent (82): 0 and 255 are sub-options like others, no end mark', () => {
    const subOptions = new Map([
      [1, Uint8Array.of(7)],
      [255, Uint8Array.of(8)],
      [0, new Uint8Array()],
    ])
    const bytes = encodeRelayAgentInformation(subOptions)
    assert.deepEqual([...bytes], [1, 1, 7, 255, 1, 8, 0, 0])
    assert.deepEqual(relayAgentInformation(new Map([[82, bytes]])), subOptions)
  })
  test('of a repeated sub-option the first counts', () => {
    assert.deepEqual(
      [...decodeSubOptions(Uint8Array.of(6, 1, 8, 6, 1, 3), 'pad-and-end')],
      [[6, Uint8Array.of(8)]],
    )
  })
  test('a value over 255 bytes is refused', () => {
    assert.throws(
      () => encodeSubOptions(new Map([[9, new Uint8Array(256)]]), 'end'),
      /sub-option 9 is 256 bytes/,
    )
  })
})

describe('iPXE', () => {
  const features = [177, 5, 1, 0x80, 0x86, 0x10, 0x0e, 235, 3, 1, 21, 1]
  test('known by its user class, bare or RFC 3004', () => {
    assert.ok(isIpxe(options([77, 'iPXE'])))
    assert.ok(isIpxe(options([77, '\x04iPXE'])))
  })
  test('known by option 175 when a script changed the user class', () => {
    assert.ok(isIpxe(options([77, 'site-7'], [175, features])))
  })
  test('others are not', () => {
    assert.ok(!isIpxe(none))
    assert.ok(!isIpxe(options([77, 'gPXE'])))
    assert.ok(!isIpxe(options([77, 'iPXElinux'])))
    assert.ok(!isIpxe(options([175, [6, 1, 1]])))
  })
  test('version', () => {
    assert.equal(ipxeVersion(options([175, features])), '1.21.1')
    assert.equal(ipxeVersion(none), undefined)
  })
})

describe('hardware address', () => {
  const chaddr = macToHardwareAddress('52:54:00:AB:cd:01')
  test('lower case, as long as hlen says', () => {
    assert.equal(macText({ chaddr, hlen: 6 }), '52:54:00:ab:cd:01')
    assert.equal(macText({ chaddr, hlen: 2 }), '52:54')
  })
  test('none: hlen 0, or all zero', () => {
    assert.equal(macText({ chaddr, hlen: 0 }), undefined)
    assert.equal(macText({ chaddr: new Uint8Array(16), hlen: 6 }), undefined)
  })
  test('text that is no MAC address is refused', () => {
    for (const text of ['52:54:00', '52:54:00:00:00:zz', '']) {
      assert.throws(() => macToHardwareAddress(text), RangeError)
    }
  })
})

describe('boot file (67, file, 13)', () => {
  test('option 67 wins, up to its NUL', () => {
    assert.equal(bootFileName({ file: 'a', options: options([67, 'b\0\xff']) }), 'b')
  })
  test('file without option 67; nothing without both', () => {
    assert.equal(bootFileName({ file: 'a', options: none }), 'a')
    assert.equal(bootFileName({ file: '', options: none }), undefined)
    assert.equal(bootFileName({ file: 'a', options: options([67, '\0']) }), undefined)
  })
  test('size in blocks of 512, rounded up; 32 MiB less one block is the most', () => {
    const rows: [number, number[] | undefined][] = [
      [0, [0, 0]],
      [1, [0, 1]],
      [512, [0, 1]],
      [513, [0, 2]],
      [1_080_320, [0x08, 0x3e]],
      [0xffff * 512, [0xff, 0xff]],
      [0xffff * 512 + 1, undefined],
    ]
    for (const [size, expected] of rows) {
      assert.deepEqual(encodeBootFileSize(size), expected && Uint8Array.from(expected), `${size} bytes`)
    }
  })
})
