import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { describeReport } from '../../src/artifact/describe.ts'
import { inspect } from '../../src/artifact/inspect/inspect.ts'
import {
  endpointHost,
  ipxeImage,
  type SiteIdentities,
  signedImage,
  siteIdentities,
} from './support/images.ts'

let identities: SiteIdentities
before(async () => {
  identities = await siteIdentities()
})

/** What changes from run to run is written as its kind. */
function told(file: Buffer, context: Parameters<typeof inspect>[1] = {}): string[] {
  return describeReport(inspect(file, context)).flatMap(({ label, lines }) =>
    lines.map((line) =>
      `${label}: ${line}`
        .replace(/\b[0-9a-f]{64}\b/g, 'HEX')
        .replace(/\b(?:[0-9A-F]{2}:){31}[0-9A-F]{2}\b/g, 'FINGERPRINT')
        .replace(/\d{4}-\d\d-\d\d/g, 'DAY'),
    ),
  )
}

test('the orchestrator’s file', () => {
  const file = signedImage(identities, { sizeBytes: 100_000 })
  const context = { dbCertificates: [identities.db.der], servedCertificate: identities.endpoint.der }
  assert.deepEqual(told(file, context).slice(1), [
    'SHA-256: HEX',
    'Kind: EFI application for x86-64 (PE32+)',
    'Authenticode: sha256 HEX',
    'Signature: valid',
    'Signature: CN=Site Secure Boot db (RSA 2048), DAY to DAY',
    'Signature: FINGERPRINT',
    'Signature: the db certificate vouches for it',
    'db certificate: CN=Site Secure Boot db (RSA 2048), DAY to DAY',
    'db certificate: FINGERPRINT',
    'iPXE: 1.21.1+ (g4bd064de), with HTTPS',
    'Script: 4 lines',
    `Continues at: https://${endpointHost}/tink-stack/boot.ipxe`,
    `Trusts: CN=${endpointHost} (EC prime256v1), DAY to DAY`,
    'Trusts: FINGERPRINT',
    `Endpoint: CN=${endpointHost} (EC prime256v1), DAY to DAY`,
    'Endpoint: FINGERPRINT',
    'Endpoint: the file trusts it',
  ])
})

test('unsigned, without a script, trusting a fingerprint alone', () => {
  const wishes = { trusted: [], trustedFingerprints: ['ab'.repeat(32)], https: false }
  const file = ipxeImage(identities.endpoint, { ...wishes, script: 'echo no script' })
  assert.deepEqual(told(file).slice(3), [
    'Authenticode: sha256 HEX',
    'Signature: none: nodes with Secure Boot refuse it',
    'iPXE: 1.21.1+ (g4bd064de), without HTTPS',
    'Script: none built in',
    'Trusts: FINGERPRINT',
  ])
})

test('no EFI image; foreign text is escaped', () => {
  assert.deepEqual(told(Buffer.from('<html><title>\x1b[2J</title>')), [
    'Size: 25 bytes',
    'SHA-256: HEX',
    'Kind: a web page titled “\\x1b[2J”',
  ])
})
