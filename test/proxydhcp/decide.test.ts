import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bootFileName } from '../../src/wire/dhcp/boot-file.ts'
import { decode } from '../../src/wire/dhcp/decode.ts'
import {
  biosDiscover,
  edk2BootServerRequest,
  edk2Discover,
  edk2HttpDiscover,
  ipxeBootServerRequest,
  ipxeDiscover,
} from '../../src/wire/dhcp/requests.ts'
import { golden } from '../wire/dhcp/goldens.ts'
import {
  answerFor,
  decideFor,
  discover,
  hardware,
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
