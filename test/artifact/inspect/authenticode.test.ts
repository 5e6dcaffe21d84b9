import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { inspect } from '../../../src/artifact/inspect/inspect.ts'
import { readPe } from '../../../src/artifact/inspect/pe.ts'
import type { SignatureReport } from '../../../src/artifact/inspect/signature.ts'
import { buildEfiImage } from '../../../src/demo/efi-image.ts'
import { makeIdentity } from '../../../src/demo/orchestrator-certificates.ts'
import { signImage, signToSize } from '../../../src/demo/sign-image.ts'
import { flipped, type SiteIdentities, signedImage, siteIdentities } from '../support/images.ts'

let identities: SiteIdentities
let signed: Buffer
before(async () => {
  identities = await siteIdentities()
  signed = signedImage(identities)
})

const signaturesOf = (file: Buffer, ...db: Buffer[]): readonly SignatureReport[] =>
  inspect(file, { dbCertificates: db }).authenticode?.signatures ?? []
const statusesOf = (file: Buffer) => signaturesOf(file).map(({ status }) => status)

function layout(file: Buffer) {
  const image = readPe(file)
  assert.ok(image.ok)
  return image.value
}

describe('Authenticode', () => {
  test('a signed file: the digest is the signed one, the db certificate vouches', () => {
    const [signature, ...others] = signaturesOf(signed, identities.db.der)
    assert.equal(others.length, 0)
    assert.equal(signature?.status, 'valid')
    assert.equal(signature?.fileDigest, signature?.signedDigest)
    assert.equal(signature?.signer?.subject, 'CN=Site Secure Boot db')
    assert.equal(signature?.trustedBy, identities.db.sha256)
  })

  test('an unsigned file has no signature, and the digest that signing it will hold', () => {
    const unsigned = inspect(signedImage(identities).subarray(0, layout(signed).certificateTable.fileOffset))
    assert.deepEqual(unsigned.authenticode?.signatures, [])
    const whole = buildEfiImage({ seed: 7 })
    const digest = inspect(whole).authenticode?.digests.sha256
    assert.equal(signaturesOf(signImage(whole, identities.db))[0]?.signedDigest, digest)
  })

  test('an unsigned file of odd size is taken as padded to 8 bytes', () => {
    const odd = Buffer.concat([buildEfiImage(), Buffer.from('tail!')])
    const digest = inspect(odd).authenticode?.digests.sha256
    assert.equal(signaturesOf(signImage(odd, identities.db))[0]?.signedDigest, digest)
  })

  test('one bit flipped anywhere before the certificate table: altered', () => {
    const { certificateTable, checksumOffset, certificateEntryOffset = 0 } = layout(signed)
    const structural = (offset: number) =>
      offset < 0x200 || (offset >= certificateEntryOffset && offset < certificateEntryOffset + 8)
    for (let offset = 1; offset < certificateTable.fileOffset; offset += 331) {
      if (!structural(offset))
        assert.deepEqual(statusesOf(flipped(signed, offset)), ['altered'], `byte ${offset}`)
    }
    assert.deepEqual(statusesOf(flipped(signed, certificateTable.fileOffset - 1)), ['altered'])
    assert.deepEqual(statusesOf(flipped(signed, checksumOffset - 1)), ['altered'])
    assert.deepEqual(statusesOf(flipped(signed, checksumOffset + 4 + 2)), ['altered'])
  })

  test('the CheckSum field is not covered', () => {
    const { checksumOffset } = layout(signed)
    for (let index = 0; index < 4; index++) {
      assert.deepEqual(statusesOf(flipped(signed, checksumOffset + index)), ['valid'])
    }
  })

  test('a bit flipped in the signature value or the signed attributes: invalid', () => {
    const attributes = signed.indexOf(Buffer.from('06092a864886f70d010904', 'hex'))
    assert.deepEqual(statusesOf(flipped(signed, attributes + 20)), ['invalid'])
    const { fileOffset, sizeBytes } = layout(signed).certificateTable
    const lastBytes = fileOffset + sizeBytes - 40 // well inside the RSA signature, which comes last
    assert.deepEqual(statusesOf(flipped(signed, lastBytes)), ['invalid'])
  })

  test('bytes after the certificate table: altered, as firmware sees it', () => {
    assert.deepEqual(statusesOf(Buffer.concat([signed, Buffer.alloc(8)])), ['altered'])
  })

  test('cut short: the certificate table says where it should have ended', () => {
    const report = inspect(signed.subarray(0, signed.length - 100))
    assert.match(report.authenticode?.problem ?? '', /it ends at byte \d+, the file has \d+/)
    assert.deepEqual(report.authenticode?.digests, {})
  })

  for (const algorithm of ['sha1', 'sha256', 'sha384', 'sha512'] as const) {
    test(`${algorithm} and the older and newer ones beside it`, () => {
      const [signature] = signaturesOf(signImage(buildEfiImage(), identities.db, { algorithm }))
      assert.equal(signature?.status, 'valid')
      assert.equal(signature?.digestAlgorithm, algorithm)
    })
  }

  test('elliptic curve keys', () => {
    const [signature] = signaturesOf(signImage(buildEfiImage(), identities.stranger))
    assert.equal(signature?.status, 'valid')
    assert.equal(signature?.signer?.key, 'EC prime256v1')
  })

  test('two signatures are judged one by one', () => {
    const twice = signImage(signed, identities.stranger)
    const [first, second] = signaturesOf(twice, identities.stranger.der)
    assert.equal(first?.status, 'valid')
    assert.equal(first?.trustedBy, undefined)
    assert.equal(second?.status, 'valid')
    assert.equal(second?.trustedBy, identities.stranger.sha256)
    assert.deepEqual(statusesOf(flipped(twice, 0x3000)), ['altered', 'altered'])
  })

  test('a signature moved from another file: altered', () => {
    const other = signImage(buildEfiImage({ seed: 2 }), identities.db)
    const { fileOffset } = layout(other).certificateTable
    const moved = Buffer.concat([buildEfiImage({ seed: 3 }), other.subarray(fileOffset)])
    other.copy(moved, 0, 0, 0x1000)
    assert.deepEqual(statusesOf(moved), ['altered'])
  })

  test('other certificate types are named, not guessed at', () => {
    const file = Buffer.from(signed)
    file.writeUInt16LE(0x0ef1, layout(file).certificateTable.fileOffset + 6)
    const [signature] = signaturesOf(file)
    assert.equal(signature?.status, 'unsupported')
    assert.match(signature?.detail ?? '', /0xef1/)
  })

  test('an entry longer than its table is a damaged table', () => {
    const file = Buffer.from(signed)
    file.writeUInt32LE(0xffff, layout(file).certificateTable.fileOffset)
    assert.match(inspect(file).authenticode?.problem ?? '', /has length 65535/)
  })

  test('the wished size is met to the byte', () => {
    assert.equal(
      signToSize((sizeBytes) => buildEfiImage({ sizeBytes }), 1_080_320, identities.db).length,
      1_080_320,
    )
  })
})

describe('who vouches for the signer', () => {
  test('a db certificate may be the issuer, found through one carried in the signature', async () => {
    const root = await makeIdentity({ commonName: 'root', isAuthority: true })
    const middle = await makeIdentity({ commonName: 'middle', isAuthority: true, issuer: root })
    const leaf = await makeIdentity({ commonName: 'leaf', issuer: middle })
    const file = signImage(buildEfiImage(), leaf, { issuers: [middle.der] })
    const [signature] = signaturesOf(file, root.der)
    assert.equal(signature?.status, 'valid')
    assert.deepEqual(
      signature?.issuers?.map(({ subject }) => subject),
      ['CN=middle'],
    )
    assert.equal(signature?.trustedBy, root.sha256)
    assert.equal(signaturesOf(file, identities.db.der)[0]?.trustedBy, undefined)
    assert.equal(signaturesOf(signImage(buildEfiImage(), leaf), root.der)[0]?.trustedBy, undefined)
  })

  test('an issuer that is no authority vouches for nobody', async () => {
    const plain = await makeIdentity({ commonName: 'plain', issuer: identities.db })
    const leaf = await makeIdentity({ commonName: 'leaf', issuer: plain })
    const [signature] = signaturesOf(signImage(buildEfiImage(), leaf), plain.der)
    assert.equal(signature?.status, 'valid')
    assert.equal(signature?.trustedBy, undefined)
  })

  test('dates are shown and never a problem: firmware has no clock to trust', async () => {
    const past = { validFromMs: Date.UTC(2001, 0), validUntilMs: Date.UTC(2002, 0) }
    const expired = await makeIdentity({ commonName: 'long ago', ...past })
    const [signature] = signaturesOf(signImage(buildEfiImage(), expired), expired.der)
    assert.equal(signature?.status, 'valid')
    assert.equal(signature?.trustedBy, expired.sha256)
    assert.equal(signature?.signer?.validUntilMs, past.validUntilMs)
  })

  test('a signature without its certificate needs the db to know it', async () => {
    const impostor = await makeIdentity({ commonName: identities.db.commonName })
    const file = signImage(buildEfiImage(), { keyPem: identities.db.keyPem, der: impostor.der })
    assert.deepEqual(statusesOf(file), ['invalid'])
  })
})
