import assert from 'node:assert/strict'
import { readCertificate } from '../../../src/artifact/inspect/certificate.ts'
import { readDer } from '../../../src/artifact/inspect/der.ts'
import { readPe } from '../../../src/artifact/inspect/pe.ts'
import { checkSignature } from '../../../src/artifact/inspect/signature.ts'
import { readCertificateTable, type WinCertificate } from '../../../src/artifact/inspect/win-certificate.ts'
import { signedImage, siteIdentities } from '../../artifact/support/images.ts'
import { derMutations } from '../der-mutations.ts'
import type { FuzzTarget } from '../target.ts'

/** Keys are made anew each time: with the same seed the inputs are alike, not the same. */
export async function open(): Promise<FuzzTarget> {
  const identities = await siteIdentities()
  const entry = certificateIn(signedImage(identities, { sizeBytes: 8_192 }))
  const db = readCertificate(identities.db.der)
  if (db === undefined) throw new Error('the db certificate cannot be read')
  const signedDigest = digestIn(entry)
  return {
    feeds:
      'the data of one Authenticode signature (PKCS#7 in DER) to the reader and the judge, and the same bytes as a certificate',
    holds: [
      'a report or a named problem, never an exception, however deep the nesting',
      'no signature is valid for a digest that the key did not sign',
      'work in proportion to the signature',
    ],
    longestBytes: 8_192,
    seeds: [entry.data, identities.db.der, identities.endpoint.der],
    mutations: derMutations,
    mostWork: (bytes) => 20_000 + 300 * bytes,
    run: (bytes) => {
      readDer(bytes)
      readCertificate(bytes)
      const report = checkSignature(
        { ...entry, data: Buffer.from(bytes) },
        () => ({ hex: 'ab'.repeat(32) }),
        [db],
      )
      if (report.status === 'valid') assert.fail('valid for a digest that nobody signed')
      const mine = checkSignature({ ...entry, data: Buffer.from(bytes) }, () => ({ hex: signedDigest }), [db])
      if (mine.status === 'valid' && mine.signedDigest !== signedDigest)
        assert.fail('valid for another digest')
      JSON.stringify([report, mine])
    },
  }
}

function certificateIn(file: Buffer): WinCertificate {
  const image = readPe(file)
  const table = image.ok ? readCertificateTable(file, image.value) : image
  const first = table.ok ? table.value[0] : undefined
  if (first === undefined) throw new Error('a signed file without a signature')
  return first
}

function digestIn(entry: WinCertificate): string {
  const { signedDigest } = checkSignature(entry, () => ({ hex: '' }), [])
  if (signedDigest === undefined) throw new Error('a signature without a digest')
  return signedDigest
}
