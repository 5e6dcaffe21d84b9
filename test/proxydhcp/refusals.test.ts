import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ignoreReasons } from '../../src/proxydhcp/ignore-reasons.ts'
import type { IgnoreReason } from '../../src/proxydhcp/types.ts'
import {
  biosDiscover,
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  edk2Request,
  ipxeDiscover,
} from '../../src/wire/dhcp/requests.ts'
import {
  decideFor,
  discover,
  hardware,
  mac,
  nodeAddress,
  onBootServer,
  rules,
  type Situation,
  serverAddress,
  uuid,
  withOptions,
} from './fixtures.ts'

const file = { name: 'ipxe.efi', sizeBytes: undefined }
const absent = { reason: 'artifact-missing', detail: 'no ipxe.efi for x64: /boot/ipxe.efi: gone' } as const
const closed = { reason: 'http-boot-closed', detail: 'TCP 192.0.2.1:8080 is not open' } as const
const everyFile = { x64: file, arm64: file, ia32: file, bios: file }

describe('what is left alone, and why', () => {
  const rows: [name: string, reason: IgnoreReason, detail: RegExp, situation: Situation][] = [
    ['a reply by another server', 'not-a-request', /another server/, { request: { ...discover, op: 2 } }],
    ['hlen 0', 'no-hardware-address', /hlen 0, htype 1/, { request: { ...discover, hlen: 0 } }],
    [
      'a MAC of zeros',
      'no-hardware-address',
      /hlen 6/,
      { request: { ...discover, chaddr: new Uint8Array(16) } },
    ],
    [
      'an operating system',
      'not-pxe',
      /option 60/,
      { request: withOptions(discover, { 60: 'udhcp 1.35.0' }) },
    ],
    [
      'a client without a vendor class',
      'not-pxe',
      /option 60/,
      { request: withOptions(discover, { 60: undefined }) },
    ],
    [
      'a class that only contains PXEClient',
      'not-pxe',
      /60/,
      { request: withOptions(discover, { 60: 'xPXEClient' }) },
    ],
    [
      'the REQUEST to the site’s DHCP server',
      'address-request',
      /takes its address/,
      { request: edk2Request(hardware, { requestedAddress: nodeAddress, dhcpServer: '192.0.2.254' }) },
    ],
    [
      'even a REQUEST that names us, on port 67',
      'address-request',
      /takes its address/,
      { request: edk2Request(hardware, { requestedAddress: nodeAddress, dhcpServer: serverAddress }) },
    ],
    [
      'INFORM on port 67',
      'wrong-message-type',
      /INFORM on the DHCP port/,
      { request: withOptions(discover, { 53: [8] }) },
    ],
    ['RELEASE', 'wrong-message-type', /RELEASE/, { request: withOptions(discover, { 53: [7] }) }],
    ['DECLINE', 'wrong-message-type', /DECLINE/, { request: withOptions(discover, { 53: [4] }) }],
    [
      'BOOTP',
      'wrong-message-type',
      /BOOTP on the DHCP port/,
      { request: withOptions(discover, { 53: undefined }) },
    ],
    [
      'DISCOVER on port 4011',
      'wrong-message-type',
      /DISCOVER on the boot server/,
      { arrival: onBootServer() },
    ],
    [
      'a relay on loopback',
      'no-return-address',
      /127.0.0.1/,
      { request: { ...discover, giaddr: '127.0.0.1' } },
    ],
    [
      'a relay at the broadcast address',
      'no-return-address',
      /255.255.255.255/,
      { request: { ...discover, giaddr: '255.255.255.255' } },
    ],
    [
      'a relay at a multicast address',
      'no-return-address',
      /224.0.0.1/,
      { request: { ...discover, giaddr: '224.0.0.1' } },
    ],
    ['a relay in network 0', 'no-return-address', /0.1.2.3/, { request: { ...discover, giaddr: '0.1.2.3' } }],
    [
      'a boot server request from port 0',
      'no-return-address',
      /port 0/,
      { request: edk2BootServerRequest(hardware, nodeAddress), arrival: onBootServer(0) },
    ],
    [
      'a MAC on the deny list',
      'denied',
      /MAC address 52:54:00:00:00:01/,
      { policy: { deny: rules({ macs: [mac] }) } },
    ],
    [
      'an OUI on the deny list',
      'denied',
      /OUI 52:54:00/,
      { policy: { deny: rules({ ouis: ['52:54:00'] }) } },
    ],
    ['a UUID on the deny list', 'denied', /UUID 1111/, { policy: { deny: rules({ uuids: [uuid] }) } }],
    [
      'on both lists: denied',
      'denied',
      /MAC/,
      { policy: { deny: rules({ macs: [mac] }), allow: rules({ macs: [mac] }) } },
    ],
    [
      'not on the allow list',
      'not-allowed',
      /52:54:00:00:00:01 nor 1111/,
      {
        policy: {
          allow: rules({ macs: ['52:54:00:00:00:02'], ouis: ['aa:bb:cc'], uuids: [uuid.replace('1', '9')] }),
        },
      },
    ],
    [
      'a Raspberry Pi ROM',
      'raspberry-pi',
      /firmware files of its own/,
      {
        request: biosDiscover({ ...hardware, mac: 'dc:a6:32:00:00:01', architecture: 0 }),
        policy: { bootFiles: everyFile },
      },
    ],
    [
      'an architecture nobody has a file for',
      'architecture-unknown',
      /RISC-V 64-bit UEFI \(27\)/,
      { request: edk2Discover({ ...hardware, architecture: 27 }) },
    ],
    [
      'an architecture without a name',
      'architecture-unknown',
      /unknown \(1234\)/,
      { request: edk2Discover({ ...hardware, architecture: 1234 }) },
    ],
    [
      'AArch64 without a file',
      'architecture-not-configured',
      /ARM 64-bit UEFI \(11\)/,
      { request: edk2Discover({ ...hardware, architecture: 11 }) },
    ],
    [
      'IA32 without a file',
      'architecture-not-configured',
      /x86 UEFI \(6\)/,
      { request: edk2Discover({ ...hardware, architecture: 6 }) },
    ],
    [
      'BIOS without a file',
      'architecture-not-configured',
      /x86 BIOS \(0\)/,
      { request: biosDiscover({ ...hardware, architecture: 0 }) },
    ],
    [
      'a file that is not there',
      'artifact-missing',
      /ipxe\.efi: gone/,
      { policy: { bootFiles: { x64: absent } } },
    ],
    [
      'the boot server asked for a file that is not there',
      'artifact-missing',
      /gone/,
      {
        request: edk2BootServerRequest(hardware, nodeAddress),
        arrival: onBootServer(),
        policy: { bootFiles: { x64: absent } },
      },
    ],
    [
      'iPXE in a ROM, though there is a script',
      'artifact-missing',
      /gone/,
      { request: ipxeDiscover(hardware), policy: { bootFiles: { x64: absent } } },
    ],
    [
      'HTTP boot of a file that is not there',
      'artifact-missing',
      /gone/,
      {
        request: edk2HttpDiscover({ ...hardware, architecture: 16 }),
        policy: { httpBootUrls: { x64: absent } },
      },
    ],
    [
      'HTTP boot whose port could not be opened',
      'http-boot-closed',
      /TCP 192\.0\.2\.1:8080/,
      {
        request: edk2HttpDiscover({ ...hardware, architecture: 16 }),
        policy: { httpBootUrls: { x64: closed } },
      },
    ],
    [
      'HTTP boot switched off',
      'http-boot-off',
      /x64 UEFI HTTP \(16\)/,
      { request: edk2HttpDiscover({ ...hardware, architecture: 16 }) },
    ],
    [
      'HTTP boot of an architecture without a URL',
      'architecture-not-configured',
      /ARM 64-bit UEFI HTTP \(19\)/,
      {
        request: edk2HttpDiscover({ ...hardware, architecture: 19 }),
        policy: { httpBootUrls: { x64: 'http://x/' } },
      },
    ],
    [
      'iPXE out of the boot file, and no script configured',
      'ipxe-without-script',
      /no scriptUrl/,
      { request: ipxeDiscover(hardware), policy: { scriptUrl: undefined }, memory: { ipxe: 'chained' } },
    ],
    [
      'iPXE in a ROM, with neither file nor script',
      'architecture-not-configured',
      /x64/,
      { request: ipxeDiscover(hardware), policy: { scriptUrl: undefined, bootFiles: {} } },
    ],
    [
      'iPXE that goes in circles',
      'ipxe-loop',
      /keeps coming back/,
      { request: ipxeDiscover(hardware), memory: { ipxe: 'looping' } },
    ],
    [
      'a name of 255 bytes',
      'boot-file-name-too-long',
      /255 bytes, 254 fit/,
      { policy: { bootFiles: { x64: { name: 'x'.repeat(255), sizeBytes: undefined } } } },
    ],
  ]
  const tested = new Set<IgnoreReason>()
  for (const [name, reason, detail, situation] of rows) {
    tested.add(reason)
    test(`${reason}: ${name}`, () => {
      const decision = decideFor(situation)
      assert.equal(decision.kind, 'ignore')
      assert.ok(decision.kind === 'ignore')
      assert.equal(decision.reason, reason)
      assert.match(decision.detail, detail)
    })
  }
  test('every reason there is has a row here, and a sentence for the operator', () => {
    assert.deepEqual([...tested].sort(), Object.keys(ignoreReasons).sort())
  })
})
