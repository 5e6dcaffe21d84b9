import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ignoreReasons } from '../../src/proxydhcp/ignore-reasons.ts'
import type { IgnoreReason } from '../../src/proxydhcp/types.ts'
import { bootFileName } from '../../src/wire/dhcp/boot-file.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import {
  biosDiscover,
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  edk2Request,
  ipxeBootServerRequest,
  ipxeDiscover,
} from '../../src/wire/dhcp/requests.ts'
import { golden } from '../wire/dhcp/goldens.ts'
import {
  answerFor,
  decideFor,
  discover,
  hardware,
  mac,
  nodeAddress,
  onBootServer,
  policy,
  rules,
  type Situation,
  serverAddress,
  uuid,
  withOptions,
} from './fixtures.ts'

const file = { name: 'ipxe.efi', sizeBytes: undefined }
const everyFile = { x64: file, arm64: file, ia32: file, bios: file }
const script = policy.scriptUrl ?? ''

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
      /takes no ProxyDHCP/,
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

describe('what is answered, and with what', () => {
  const rows: [name: string, gives: string, form: string, name_: string, situation: Situation][] = [
    ['x64 firmware', 'file', 'direct', 'ipxe.efi', {}],
    [
      'architecture 9, which some virtual machines send for x64',
      'file',
      'direct',
      'ipxe.efi',
      { request: edk2Discover({ ...hardware, architecture: 9 }) },
    ],
    [
      'AArch64',
      'file',
      'direct',
      'arm.efi',
      {
        request: edk2Discover({ ...hardware, architecture: 11 }),
        policy: { bootFiles: { arm64: { ...file, name: 'arm.efi' } } },
      },
    ],
    [
      'IA32',
      'file',
      'direct',
      'ia32.efi',
      {
        request: edk2Discover({ ...hardware, architecture: 6 }),
        policy: { bootFiles: { ia32: { ...file, name: 'ia32.efi' } } },
      },
    ],
    [
      'BIOS',
      'file',
      'direct',
      'undionly.kpxe',
      {
        request: biosDiscover({ ...hardware, architecture: 0 }),
        policy: { bootFiles: { bios: { ...file, name: 'undionly.kpxe' } } },
      },
    ],
    [
      'of several architectures the first that we know',
      'file',
      'direct',
      'ipxe.efi',
      { request: withOptions(discover, { 93: [0, 27, 0, 7, 0, 11] }) },
    ],
    [
      'no option 93: the vendor class says it',
      'file',
      'direct',
      'ipxe.efi',
      { request: withOptions(discover, { 93: undefined }) },
    ],
    [
      'neither: a BIOS ROM',
      'file',
      'direct',
      'old',
      {
        request: withOptions(discover, { 93: undefined, 60: 'PXEClient' }),
        policy: { bootFiles: { bios: { ...file, name: 'old' } } },
      },
    ],
    ['no option 97', 'file', 'direct', 'ipxe.efi', { request: withOptions(discover, { 97: undefined }) }],
    [
      'on the allow list by OUI',
      'file',
      'direct',
      'ipxe.efi',
      { policy: { allow: rules({ ouis: ['52:54:00'] }) } },
    ],
    [
      'on the allow list by UUID',
      'file',
      'direct',
      'ipxe.efi',
      { policy: { allow: rules({ uuids: [uuid] }) } },
    ],
    [
      'a Raspberry Pi that runs UEFI firmware',
      'file',
      'direct',
      'ipxe.efi',
      {
        request: edk2Discover({ ...hardware, mac: 'dc:a6:32:00:00:01', architecture: 11 }),
        policy: { bootFiles: everyFile },
      },
    ],
    [
      'firmware that ignored the direct form',
      'file',
      'bootServer',
      'ipxe.efi',
      { memory: { form: 'bootServer' } },
    ],
    [
      'edk2 on port 4011',
      'file',
      'bootServer',
      'ipxe.efi',
      { request: edk2BootServerRequest(hardware, nodeAddress), arrival: onBootServer() },
    ],
    [
      'INFORM on port 4011',
      'file',
      'bootServer',
      'ipxe.efi',
      {
        request: withOptions(edk2BootServerRequest(hardware, nodeAddress), { 53: [8] }),
        arrival: onBootServer(),
      },
    ],
    [
      'port 4011 with another server in option 54',
      'file',
      'bootServer',
      'ipxe.efi',
      {
        request: withOptions(edk2BootServerRequest(hardware, nodeAddress), { 54: [192, 0, 2, 254] }),
        arrival: onBootServer(),
      },
    ],
    ['iPXE in a ROM gets the boot file', 'file', 'direct', 'ipxe.efi', { request: ipxeDiscover(hardware) }],
    [
      'iPXE in a ROM of an architecture without a file gets the script',
      'script',
      'direct',
      script,
      { request: ipxeDiscover({ ...hardware, architecture: 11 }) },
    ],
    [
      'iPXE out of the boot file gets the script',
      'script',
      'direct',
      script,
      { request: ipxeDiscover(hardware), memory: { ipxe: 'chained' } },
    ],
    [
      'iPXE has but one form',
      'script',
      'direct',
      script,
      { request: ipxeDiscover(hardware), memory: { ipxe: 'chained', form: 'bootServer' } },
    ],
    [
      'iPXE on port 4011',
      'script',
      'bootServer',
      script,
      {
        request: ipxeBootServerRequest(hardware, nodeAddress, serverAddress),
        arrival: onBootServer(68),
        memory: { ipxe: 'chained' },
      },
    ],
    [
      'HTTP boot',
      'httpBoot',
      'direct',
      'https://e/x.efi',
      {
        request: edk2HttpDiscover({ ...hardware, architecture: 16 }),
        policy: { httpBootUrls: { x64: 'https://e/x.efi' } },
      },
    ],
    [
      'HTTP boot of AArch64',
      'httpBoot',
      'direct',
      'http://e/a.efi',
      {
        request: edk2HttpDiscover({ ...hardware, architecture: 19 }),
        policy: { httpBootUrls: { arm64: 'http://e/a.efi' } },
      },
    ],
    [
      'HTTP boot of IA32',
      'httpBoot',
      'direct',
      'http://e/i.efi',
      {
        request: edk2HttpDiscover({ ...hardware, architecture: 15 }),
        policy: { httpBootUrls: { ia32: 'http://e/i.efi' } },
      },
    ],
  ]
  for (const [name, gives, form, bootFile, situation] of rows) {
    test(name, () => {
      const answer = answerFor(situation)
      assert.deepEqual([answer.gives, answer.form, answer.bootFile], [gives, form, bootFile])
      const isSilentOffer = answer.kind === 'offer' && form === 'bootServer'
      assert.equal(bootFileName(answer.reply), isSilentOffer ? undefined : bootFile)
    })
  }
})

describe('real packets are answered as their senders expect', () => {
  const rows: [name: string, kind: string, firmware: string][] = [
    ['edk2-x64-discover', 'offer', 'pxe'],
    ['edk2-x64-discover-third', 'offer', 'pxe'],
    ['edk2-x64-request', 'ignore', 'pxe'],
    ['edk2-x64-boot-server-request', 'acknowledge', 'pxe'],
    ['edk2-x64-http-discover', 'offer', 'http'],
    ['edk2-arm64-discover', 'offer', 'pxe'],
    ['ipxe-x64-discover', 'offer', 'ipxe'],
    ['ipxe-x64-request', 'ignore', 'ipxe'],
    ['ipxe-x64-boot-server-request', 'acknowledge', 'ipxe'],
    ['ipxe-rom-bios-discover', 'offer', 'ipxe'],
    ['ipxe-rom-bios-boot-item-request', 'acknowledge', 'ipxe'],
    ['undionly-request', 'ignore', 'ipxe'],
    ['udhcpc-discover', 'ignore', 'none'],
    ['dnsmasq-proxy-offer-uefi', 'ignore', 'pxe'],
    ['dnsmasq-address-offer', 'ignore', 'none'],
  ]
  for (const [name, kind, firmware] of rows) {
    test(`${name}: ${kind}`, () => {
      const { bytes, twin } = golden(name)
      const result = decode(bytes)
      assert.ok(result.ok)
      const decision = decideFor({
        request: result.value,
        policy: { bootFiles: everyFile, httpBootUrls: { x64: 'http://e/x' } },
        ...(twin.ports[1] === 4011 ? { arrival: onBootServer(twin.ports[0]) } : {}),
      })
      assert.deepEqual([decision.kind, decision.node.firmware], [kind, firmware])
    })
  }
})

test('a decision is the same every time: nothing is remembered between them', () => {
  assert.deepEqual(decideFor(), decideFor())
})
