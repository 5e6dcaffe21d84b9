import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inspect } from '../../../src/artifact/inspect/inspect.ts'
import { readPe } from '../../../src/artifact/inspect/pe.ts'
import { buildEfiImage } from '../../../src/demo/efi-image.ts'

describe('PE headers', () => {
  for (const [architecture, format, machine] of [
    ['x64', 'PE32+', 'x86-64'],
    ['arm64', 'PE32+', 'AArch64'],
    ['ia32', 'PE32', '32-bit x86 (IA-32)'],
  ] as const) {
    test(`${architecture} is ${format} for ${machine}`, () => {
      const { image, sizeBytes } = inspect(buildEfiImage({ architecture }))
      assert.equal(image?.architecture, architecture)
      assert.equal(image?.format, format)
      assert.equal(image?.machine, machine)
      assert.equal(image?.efiApplication, true)
      assert.equal(sizeBytes, 65_536)
      assert.equal(image?.neededBytes, 65_536)
      assert.deepEqual(
        image?.sections.map(({ name, fileOffset }) => [name, fileOffset]),
        [
          ['.text', 0x1000],
          ['.data', 0x2000],
        ],
      )
    })
  }

  test('machines nobody boots by PXE here have a name and no architecture', () => {
    const file = buildEfiImage()
    file.writeUInt16LE(0x5064, 0x84)
    assert.equal(inspect(file).image?.machine, '64-bit RISC-V')
    assert.equal(inspect(file).image?.architecture, undefined)
    file.writeUInt16LE(0xbeef, 0x84)
    assert.equal(inspect(file).image?.machine, 'machine type 0xbeef')
  })

  test('subsystem 11 is a boot service driver, not an application', () => {
    const { image } = inspect(buildEfiImage({ subsystem: 11 }))
    assert.equal(image?.subsystem, 'EFI boot service driver')
    assert.equal(image?.efiApplication, false)
  })

  test('cut at every byte of the headers: never throws, and says so once they are whole', () => {
    const file = buildEfiImage()
    const headersEnd = 0x80 + 24 + 240 + 2 * 40
    for (let size = 0; size < headersEnd; size++)
      assert.equal(readPe(file.subarray(0, size)).ok, false, `${size}`)
    const whole = readPe(file.subarray(0, headersEnd))
    assert.ok(whole.ok)
    assert.equal(whole.value.neededBytes, file.length)
  })

  for (const [name, change] of [
    ['97 sections', (file: Buffer) => file.writeUInt16LE(97, 0x86)],
    ['an unknown magic', (file: Buffer) => file.writeUInt16LE(0x107, 0x98)],
    ['an optional header that leaves no room', (file: Buffer) => file.writeUInt16LE(0xffff, 0x94)],
  ] as const) {
    test(`${name} is a damaged image`, () => {
      const file = buildEfiImage()
      change(file)
      assert.match(inspect(file).foreign?.description ?? '', /^a damaged PE image: /)
    })
  }

  test('a PE header offset beyond the file is no PE image', () => {
    const file = buildEfiImage()
    file.writeUInt32LE(0xfffffff0, 0x3c)
    assert.equal(readPe(file).ok, false)
  })
})

describe('what a file is when it is no EFI image', () => {
  const rows: readonly (readonly [name: string, bytes: Buffer, kind: string, description: RegExp])[] = [
    ['nothing', Buffer.alloc(0), 'empty', /^empty$/],
    [
      'a login page',
      Buffer.from('\ufeff\n<!DOCTYPE html>\n<title>Guest\n Wi-Fi</title>'),
      'html',
      /titled “Guest Wi-Fi”/,
    ],
    [
      'a page behind comments',
      Buffer.from('<?xml version="1.0"?><!-- a --><!-- b --><html>'),
      'html',
      /^a web page$/,
    ],
    ['JSON', Buffer.from('{"error":"not found"}'), 'json', /JSON text: {"error"/],
    ['text', Buffer.from('404 page not found\n'), 'text', /begins “404 page not found”/],
    ['gzip', Buffer.from('1f8b0800', 'hex'), 'archive', /gzip/],
    ['ELF', Buffer.from('7f454c4602010100', 'hex'), 'other', /ELF/],
    ['a BIOS boot program', Buffer.from('ea0500c007669c66', 'hex'), 'bios', /legacy BIOS/],
    ['other bytes', Buffer.from('00010203040506070809', 'hex'), 'other', /begins 00 01 02 03 04 05 06 07$/],
  ]
  for (const [name, bytes, kind, description] of rows) {
    test(name, () => {
      const { foreign, image } = inspect(bytes)
      assert.equal(image, undefined)
      assert.equal(foreign?.kind, kind)
      assert.match(foreign?.description ?? '', description)
    })
  }

  test('32 MB of every landmark do not keep it busy', () => {
    const landmarks = Buffer.from('#!ipxe \0iPXE\x001.2.3\0sha256\0\xa0\x03\x02\x01\x02\x02', 'latin1')
    const file = Buffer.concat([
      buildEfiImage({ ipxeVersion: '1.21.1', sizeBytes: 12_288 }),
      Buffer.alloc(32_000_000, landmarks),
    ])
    assert.equal(inspect(file).ipxe?.scripts.length, 16)
  })

  test('4 kB of opening comments do not keep it busy', () => {
    assert.equal(inspect(Buffer.from('<!---->'.repeat(600))).foreign?.kind, 'text')
  })
})
