import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { plainAddressBook, readAddressBook } from '../../src/net/address-book.ts'
import { addressNumber } from '../../src/net/libc/address.ts'
import { parseAddress } from '../../src/net/libc/addresses.ts'
import { parseLinkKind } from '../../src/net/libc/link-kinds.ts'
import { parseMessages } from '../../src/net/libc/netlink.ts'
import { parseNeighbours } from '../../src/net/neighbours.ts'
import { isOnLink, onLinkNetworks } from '../../src/net/on-link.ts'
import { parseRoutes } from '../../src/net/routes.ts'

const routeTable = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth1	00000000	FE0014AC	0003	0	0	100	00000000	0	0	0
eth1	0000140A	00000000	0001	0	0	0	0000FFFF	0	0	0
eth0	0000140A	00000000	0001	0	0	100	0000FFFF	0	0	0
eth1	0000A8C0	010014AC	0003	0	0	0	0000FFFF	0	0	0
`

describe('/proc/net/route', () => {
  const routes = parseRoutes(routeTable)

  test('is read', () => {
    assert.deepEqual(routes[0], {
      interface: 'eth1',
      network: 0,
      mask: 0,
      gateway: addressNumber('172.20.0.254'),
      metric: 100,
    })
    assert.equal(routes.length, 4)
  })

  const rows: readonly [destination: string, onLink: boolean][] = [
    ['10.20.0.0', true],
    ['10.20.255.255', true],
    ['10.21.0.0', false],
    ['192.168.1.1', false],
    ['255.255.255.255', true],
    ['8.8.8.8', false],
  ]
  for (const [destination, onLink] of rows)
    test(`${destination} is ${onLink ? '' : 'not '}on the link of eth1`, () => {
      assert.equal(isOnLink(onLinkNetworks('eth1', routes), destination), onLink)
    })
})

test('/proc/net/arp: only neighbours that answered', () => {
  const neighbours =
    parseNeighbours(`IP address       HW type     Flags       HW address            Mask     Device
10.20.0.9        0x1         0x2         52:54:00:AB:CD:EF     *        eth1
10.20.0.10       0x1         0x0         00:00:00:00:00:00     *        eth1
`)
  assert.deepEqual([...neighbours], [['10.20.0.9', '52:54:00:ab:cd:ef']])
})

/** What Linux 6.18 answered to RTM_GETADDR where NIC 2 was the end of a point-to-point link. */
const addressDump = Buffer.from(
  [
    '4c0000001400020000000000616a0000020880fe01000000080001007f000001080002007f000001070003006c6f0000',
    '080008008000000014000600fffffffffffffffff60a0600f60a06004c0000001400020000000000616a000002208000',
    '02000000080001000a090902080002000a0909010700030076310000080008008000000014000600ffffffffffffffff',
    'f80a0600f80a0600540000001400020000000000616a00000218800003000000080001000a140005080002000a140005',
    '080004000a1400ff0700030076300000080008008000000014000600fffffffffffffffff70a0600f70a0600',
  ].join(''),
  'hex',
)
const endOfDump = Buffer.from('140000000300020000000000616a000000000000', 'hex')

describe('addresses from the kernel', () => {
  test('agree with those that Node knows', () => {
    const plain = plainAddressBook()
    const book = readAddressBook()
    const loopback = { name: 'lo', index: 1 }
    assert.deepEqual(book(loopback)[0], plain(loopback)[0])
  })

  test('are read from an answer', () => {
    const { messages, complete } = parseMessages(addressDump)
    assert.equal(complete, false)
    assert.deepEqual(messages.map(parseAddress), [
      { interfaceIndex: 1, address: '127.0.0.1', prefixLength: 8 },
      { interfaceIndex: 2, address: '10.9.9.1', prefixLength: 32 },
      { interfaceIndex: 3, address: '10.20.0.5', prefixLength: 24 },
    ])
    assert.deepEqual(parseMessages(endOfDump), { complete: true, messages: [] })
  })

  test('an answer cut anywhere, or with any byte wrong, is read to its end', () => {
    for (let at = 0; at < addressDump.length; at++) {
      readAnyhow(addressDump.subarray(0, at))
      for (const wrong of [0x00, 0x10, 0xff]) {
        const bytes = Buffer.from(addressDump)
        bytes[at] = wrong
        readAnyhow(bytes)
      }
    }
  })
})

function readAnyhow(bytes: Buffer): void {
  const { messages } = parseMessages(bytes)
  assert.ok(messages.length <= bytes.length / 16)
  for (const message of messages) {
    parseAddress(message)
    parseLinkKind(message)
  }
}

describe('dotted quads', () => {
  test('0.0.0.0, 255.255.255.255 and 10.20.0.5 are numbers', () => {
    assert.deepEqual(
      ['0.0.0.0', '255.255.255.255', '10.20.0.5'].map(addressNumber),
      [0, 0xffffffff, 0x0a140005],
    )
  })
  for (const wrong of [
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1..2.3',
    '1.2.3.',
    'localhost',
    '1.2.3.4 ',
    '0001.2.3.4',
  ])
    test(`${JSON.stringify(wrong)} is refused`, () => {
      assert.throws(() => addressNumber(wrong), RangeError)
    })
})
