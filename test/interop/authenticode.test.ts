import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { inspect } from '../../src/artifact/inspect/inspect.ts'
import { readPe } from '../../src/artifact/inspect/pe.ts'
import { buildEfiImage } from '../../src/demo/efi-image.ts'
import { type Identity, makeIdentity } from '../../src/demo/orchestrator-certificates.ts'
import { signImage } from '../../src/demo/sign-image.ts'
import { flipped } from '../artifact/support/images.ts'
import { missing } from '../support/needs.ts'

const sbsigntool = missing('sbsign:sbsigntool', 'sbverify:sbsigntool', 'sbattach:sbsigntool')
const shim = missing('/usr/lib/shim/shimx64.efi.signed:shim-signed')
const debianIpxe = missing('/usr/lib/ipxe/ipxe.efi:ipxe')
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-authenticode-'))
after(() => rmSync(directory, { recursive: true }))

let db: Identity
let stranger: Identity
before(async () => {
  db = await makeIdentity({ commonName: 'interop db', isAuthority: true })
  stranger = await makeIdentity({ commonName: 'stranger' })
})

/** sbverify's verdict: does a signature hold, cover the file, and lead to this certificate? */
function sbverify(file: Buffer, certificatePem: string): boolean {
  writeFileSync(join(directory, 'file.efi'), file)
  writeFileSync(join(directory, 'db.pem'), certificatePem)
  return run('sbverify', '--cert', 'db.pem', 'file.efi').status === 0
}

/** Ours, to the same question. */
function ours(file: Buffer, der: Buffer): boolean {
  const signatures = inspect(file, { dbCertificates: [der] }).authenticode?.signatures ?? []
  return signatures.some(({ status, trustedBy }) => status === 'valid' && trustedBy !== undefined)
}

function run(program: string, ...args: string[]) {
  return spawnSync(program, args, { cwd: directory, encoding: 'utf8' })
}

function sbsign(file: Buffer, identity: Identity): Buffer {
  writeFileSync(join(directory, 'unsigned.efi'), file)
  writeFileSync(join(directory, 'key.pem'), identity.keyPem)
  writeFileSync(join(directory, 'cert.pem'), identity.certificatePem)
  const { status, stderr } = run(
    'sbsign',
    '--key',
    'key.pem',
    '--cert',
    'cert.pem',
    '--output',
    'signed.efi',
    'unsigned.efi',
  )
  assert.equal(status, 0, stderr)
  return readFileSync(join(directory, 'signed.efi'))
}

function agree(file: Buffer, identity: Identity, wanted: boolean, name: string): void {
  assert.equal(sbverify(file, identity.certificatePem), wanted, `sbverify: ${name}`)
  assert.equal(ours(file, identity.der), wanted, `ours: ${name}`)
}

describe('Authenticode beside sbverify', { skip: sbsigntool }, () => {
  const sources: readonly (readonly [name: string, file: () => Buffer, skip: string | false])[] = [
    ['our own image', () => buildEfiImage({ ipxeVersion: '1.21.1', sizeBytes: 200_000 }), false],
    ['our own image for 32-bit x86', () => buildEfiImage({ architecture: 'ia32' }), false],
    ['an image of odd size', () => Buffer.concat([buildEfiImage(), Buffer.from('odd')]), false],
    ['an image with a gap between its sections', withGap, false],
    ['Debian’s ipxe.efi', () => readFileSync('/usr/lib/ipxe/ipxe.efi'), debianIpxe],
    ['Debian’s snponly.efi', () => readFileSync('/usr/lib/ipxe/snponly.efi'), debianIpxe],
  ]
  for (const [name, source, skip] of sources) {
    test(`signed by sbsign: ${name}`, { skip }, () => checkAll(sbsign(source(), db), name))
    test(`signed by us: ${name}`, { skip }, () => checkAll(signImage(source(), db), name))
  }

  test('our signature and sbsign’s in one file, in either order', () => {
    const image = buildEfiImage({ seed: 5 })
    for (const twice of [sbsign(signImage(image, db), stranger), signImage(sbsign(image, stranger), db)]) {
      assert.equal(inspect(twice).authenticode?.signatures.length, 2)
      agree(twice, db, true, 'first key')
      agree(twice, stranger, true, 'second key')
      agree(flipped(twice, 0x3000), db, false, 'flipped')
    }
  })

  test('a signer below the db certificate, with and without the one between', async () => {
    const middle = await makeIdentity({ commonName: 'between', isAuthority: true, issuer: db })
    const leaf = await makeIdentity({ commonName: 'leaf', issuer: middle })
    agree(signImage(buildEfiImage(), leaf, { issuers: [middle.der] }), db, true, 'carried along')
    agree(signImage(buildEfiImage(), leaf), db, false, 'left out')
    // sbverify 0.9.4 lets an incomplete chain of two or more pass whatever certificate it is given; firmware does not.
    assert.equal(ours(signImage(buildEfiImage(), leaf, { issuers: [middle.der] }), stranger.der), false)
  })

  test('an expired signer is accepted by both', async () => {
    const dates = { validFromMs: Date.UTC(2001, 0), validUntilMs: Date.UTC(2002, 0) }
    const expired = await makeIdentity({ commonName: 'expired', ...dates })
    agree(signImage(buildEfiImage(), expired), expired, true, 'expired')
  })

  test('an issuer that is no authority is refused by both', async () => {
    const plain = await makeIdentity({ commonName: 'plain', issuer: db })
    const leaf = await makeIdentity({ commonName: 'leaf', issuer: plain })
    agree(
      signImage(buildEfiImage(), leaf, { issuers: [plain.der] }),
      db,
      false,
      'through a plain certificate',
    )
  })

  test('sbattach takes a signature off: unsigned for both, and the digest stays', () => {
    const signed = sbsign(buildEfiImage(), db)
    writeFileSync(join(directory, 'strip.efi'), signed)
    assert.equal(run('sbattach', '--remove', 'strip.efi').status, 0)
    const stripped = readFileSync(join(directory, 'strip.efi'))
    agree(stripped, db, false, 'stripped')
    assert.deepEqual(inspect(stripped).authenticode?.signatures, [])
    assert.equal(inspect(stripped).authenticode?.digests.sha256, inspect(signed).authenticode?.digests.sha256)
  })
})

describe('Debian’s shim', { skip: shim || sbsigntool }, () => {
  const names = existsSync('/usr/lib/shim')
    ? readdirSync('/usr/lib/shim').filter((name) => name.endsWith('.efi.signed'))
    : []
  for (const name of names) {
    test(name, () => {
      const signed = readFileSync(`/usr/lib/shim/${name}`)
      const unsigned = readFileSync(`/usr/lib/shim/${name.replace(/\.signed$/, '')}`)
      const report = inspect(signed)
      assert.equal(inspect(unsigned).authenticode?.digests.sha256, report.authenticode?.digests.sha256)
      const signatures = report.authenticode?.signatures ?? []
      const listed = run('sbverify', '--list', `/usr/lib/shim/${name}`).stdout.match(/^signature \d+/gm) ?? []
      assert.equal(signatures.length, listed.length)
      for (const { status, detail } of signatures) assert.equal(status, 'valid', detail)
      for (const offset of [0x2000, 0x10000, 0x1a000]) {
        const statuses = inspect(flipped(signed, offset)).authenticode?.signatures.map(({ status }) => status)
        assert.deepEqual(new Set(statuses), new Set(['altered']))
      }
    })
  }
})

/** The same question about many variants of one signed file. */
function checkAll(signed: Buffer, name: string): void {
  const image = readPe(signed)
  assert.ok(image.ok)
  const { checksumOffset, certificateTable, headerSizeBytes } = image.value
  agree(signed, db, true, name)
  agree(signed, stranger, false, `${name}, another certificate`)
  agree(flipped(signed, checksumOffset), db, true, `${name}, CheckSum changed`)
  const table = certificateTable.fileOffset
  const offsets = [2, headerSizeBytes - 1, headerSizeBytes + 9, Math.floor(table / 2), table - 1]
  const inSignature = [60, 200, 700].map((distance) => signed.length - distance)
  for (const offset of [...offsets, ...inSignature]) {
    agree(flipped(signed, offset), db, false, `${name}, byte ${offset} of ${signed.length} flipped`)
  }
  for (const size of [table, table + 40, signed.length - 8, Math.floor(table / 2)]) {
    agree(signed.subarray(0, size), db, false, `${name}, cut to ${size}`)
  }
  agree(Buffer.concat([signed, Buffer.alloc(16)]), db, false, `${name}, bytes appended`)
}

/** 512 bytes that belong to no section, between the two. */
function withGap(): Buffer {
  const image = buildEfiImage({ sizeBytes: 40_000 })
  const textSection = 0x80 + 24 + 240
  image.writeUInt32LE(0x1000 - 512, textSection + 16)
  return image
}
