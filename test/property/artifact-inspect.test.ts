import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { assess } from '../../src/artifact/assess/assess.ts'
import { inspect } from '../../src/artifact/inspect/inspect.ts'
import { readPe } from '../../src/artifact/inspect/pe.ts'
import { readSignedData } from '../../src/artifact/inspect/signed-data.ts'
import { readCertificateTable } from '../../src/artifact/inspect/win-certificate.ts'
import { fqdn, type SiteIdentities, signedImage, siteIdentities } from '../artifact/support/images.ts'

const seed = 20_260_703
let identities: SiteIdentities
let signed: Buffer
before(async () => {
  identities = await siteIdentities()
  signed = signedImage(identities, { sizeBytes: 12_288 })
})

/** Inspects and judges; whatever comes out must survive JSON. */
function look(bytes: Uint8Array): ReturnType<typeof inspect> {
  const context = { dbCertificates: [identities.db.der], servedCertificate: identities.endpoint.der }
  const report = inspect(bytes, context)
  for (const architecture of ['x64', 'bios'] as const) {
    assess(report, { architecture, signature: 'required', fqdn, nowMs: 0 })
  }
  JSON.stringify(report)
  return report
}

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const change = fc.record({ at: position, byte: fc.integer({ min: 0, max: 255 }) })

function changed(
  bytes: Buffer,
  changes: readonly { at: number; byte: number }[],
  span = bytes.length,
): Buffer {
  const copy = Buffer.from(bytes)
  for (const { at, byte } of changes) copy[Math.floor(at * span)] = byte
  return copy
}

test(`any bytes are reported on (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
      assert.equal(look(bytes).sizeBytes, bytes.length)
      look(Buffer.concat([Buffer.from('MZ'), bytes]))
    }),
    { seed, numRuns: 300 },
  )
})

test(`changed anywhere, the file is never taken for valid unless no covered byte changed (seed ${seed})`, () => {
  const original = inspect(signed).authenticode?.digests.sha256
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
      const report = look(changed(signed, changes))
      const valid = report.authenticode?.signatures.some(({ status }) => status === 'valid')
      if (valid === true) assert.equal(report.authenticode?.digests.sha256, original)
    }),
    { seed, numRuns: 300 },
  )
})

test(`headers changed on purpose (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), (changes) => {
      look(changed(signed, changes, 0x80 + 24 + 240 + 80))
    }),
    { seed, numRuns: 500 },
  )
})

test(`the signature changed on purpose (seed ${seed})`, () => {
  const image = readPe(signed)
  assert.ok(image.ok)
  const table = readCertificateTable(signed, image.value)
  assert.ok(table.ok)
  const data = Buffer.from(table.value[0]?.data ?? [])
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      readSignedData(changed(data, changes))
      look(
        changed(
          signed,
          changes.map(({ at, byte }) => ({ at: 1 - (1 - at) * (data.length / signed.length), byte })),
        ),
      )
    }),
    { seed, numRuns: 500 },
  )
})

test(`cut anywhere (seed ${seed})`, () => {
  fc.assert(
    fc.property(position, (at) => {
      const report = look(signed.subarray(0, Math.floor(at * signed.length)))
      assert.equal(report.authenticode?.signatures.some(({ status }) => status === 'valid') ?? false, false)
    }),
    { seed, numRuns: 200 },
  )
})

test('every depth of nesting ends: 100 kB of opening SEQUENCEs, definite and indefinite', () => {
  assert.equal(readSignedData(Buffer.alloc(100_000, 0x30)).ok, false)
  assert.equal(readSignedData(Buffer.alloc(100_000, Buffer.from('3080', 'hex'))).ok, false)
})
