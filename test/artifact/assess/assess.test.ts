import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { assess } from '../../../src/artifact/assess/assess.ts'
import { type Expectations, toError } from '../../../src/artifact/assess/finding.ts'
import { inspect } from '../../../src/artifact/inspect/inspect.ts'
import { buildEfiImage } from '../../../src/demo/efi-image.ts'
import { signImage } from '../../../src/demo/sign-image.ts'
import { catalog, type ErrorCode } from '../../../src/errors/catalog.ts'
import {
  flipped,
  fqdn,
  ipxeImage,
  type SiteIdentities,
  signedImage,
  siteIdentities,
} from '../support/images.ts'

const dayMs = 86_400_000
const nowMs = Date.now()
const usual: Expectations = { architecture: 'x64', signature: 'required', fqdn, nowMs }

let identities: SiteIdentities
let signed: Buffer
before(async () => {
  identities = await siteIdentities()
  signed = signedImage(identities)
})

function findings(file: Buffer, wishes: Partial<Expectations> & { db?: Buffer; served?: Buffer } = {}) {
  const { db = identities.db.der, served = identities.endpoint.der, ...expected } = wishes
  return assess(inspect(file, { dbCertificates: [db], servedCertificate: served }), { ...usual, ...expected })
}

test('the orchestrator’s file, as it should be: nothing to say', () => {
  assert.deepEqual(findings(signed), [])
})

describe('one cause, one code', () => {
  type Row = readonly [
    name: string,
    code: ErrorCode,
    severity: 'unfit' | 'error' | 'warning',
    message: RegExp,
    look: () => ReturnType<typeof findings>,
  ]
  const rows: readonly Row[] = [
    [
      'a login page',
      'LOGIN_PAGE',
      'unfit',
      /a web page titled “Sign in”/,
      () => findings(Buffer.from('<html><title>Sign in</title>')),
    ],
    [
      'an empty file',
      'ARTIFACT_NOT_EFI',
      'unfit',
      /It is empty \(0 bytes\)/,
      () => findings(Buffer.alloc(0)),
    ],
    [
      'a title with escape sequences',
      'LOGIN_PAGE',
      'unfit',
      /titled “a\\x1b\[31mb”/,
      () => findings(Buffer.from('<html><title>a\x1b[31mb')),
    ],
    [
      'a driver',
      'ARTIFACT_NOT_EFI',
      'unfit',
      /a PE image of another kind \(EFI boot service driver\)/,
      () => findings(buildEfiImage({ subsystem: 11 })),
    ],
    [
      'AArch64 for x86-64',
      'ARTIFACT_WRONG_ARCHITECTURE',
      'unfit',
      /for AArch64, wanted x86-64/,
      () => findings(signedImage(identities, { architecture: 'arm64' })),
    ],
    [
      'x86-64 for AArch64',
      'ARTIFACT_WRONG_ARCHITECTURE',
      'unfit',
      /for x86-64, wanted AArch64/,
      () => findings(signed, { architecture: 'arm64' }),
    ],
    [
      'UEFI for BIOS',
      'ARTIFACT_WRONG_ARCHITECTURE',
      'unfit',
      /for UEFI \(x86-64\), wanted legacy BIOS/,
      () => findings(signed, { architecture: 'bios' }),
    ],
    [
      'cut in half',
      'ARTIFACT_INCOMPLETE',
      'unfit',
      /It has 30000 bytes, its headers speak of \d+/,
      () => findings(signed.subarray(0, 30_000)),
    ],
    [
      'unsigned',
      'ARTIFACT_UNSIGNED',
      'unfit',
      /no Authenticode signature/,
      () => findings(ipxeImage(identities.endpoint)),
    ],
    [
      'one bit flipped',
      'ARTIFACT_ALTERED',
      'unfit',
      /changed after “CN=Site Secure Boot db” signed it/,
      () => findings(flipped(signed, 0x8000)),
    ],
    [
      'a damaged signature',
      'ARTIFACT_SIGNATURE_INVALID',
      'unfit',
      /does not verify with the signer’s key/,
      () => findings(flipped(signed, signed.length - 40)),
    ],
    [
      'a damaged table',
      'ARTIFACT_SIGNATURE_INVALID',
      'unfit',
      /certificate table is damaged/,
      () => findings(withBadTable()),
    ],
    [
      'another db certificate',
      'ARTIFACT_SIGNER_UNKNOWN',
      'warning',
      /for which “CN=another.test” \(SHA-256 ..:..:..:..…\) does not vouch/,
      () => findings(signed, { db: identities.stranger.der }),
    ],
    [
      'another orchestrator',
      'ARTIFACT_WRONG_ORCHESTRATOR',
      'unfit',
      /continues at https:\/\/tinkerbell-haproxy.edge.test\/.*, wanted a host under other.test/,
      () => findings(signed, { fqdn: 'other.test' }),
    ],
    [
      'a name that only ends like it',
      'ARTIFACT_WRONG_ORCHESTRATOR',
      'unfit',
      /wanted a host under dge.test/,
      () => findings(signed, { fqdn: 'dge.test' }),
    ],
    ['no script', 'ARTIFACT_NO_SCRIPT', 'warning', /no script built in/, () => findings(stock())],
    [
      'no HTTPS',
      'ARTIFACT_NO_HTTPS',
      'error',
      /without HTTPS/,
      () => findings(signedImage(identities, { https: false })),
    ],
    [
      'a rotated certificate',
      'ARTIFACT_TRUST_MISMATCH',
      'error',
      /The endpoint serves certificate ([0-9A-F]{2}:){7}[0-9A-F]{2}…, the file trusts ([0-9A-F]{2}:){7}[0-9A-F]{2}…:/,
      () => findings(signed, { served: identities.stranger.der }),
    ],
    [
      '29 days left',
      'ARTIFACT_CERTIFICATE_EXPIRING',
      'warning',
      /ends on \d{4}-\d\d-\d\d, in 29 days/,
      () => findings(signed, { nowMs: nowMs + 336 * dayMs - 60_000 }),
    ],
    [
      'no day left',
      'ARTIFACT_CERTIFICATE_EXPIRED',
      'error',
      /ended on \d{4}-\d\d-\d\d/,
      () => findings(signed, { nowMs: nowMs + 366 * dayMs }),
    ],
  ]
  for (const [name, code, severity, message, look] of rows) {
    test(`${name}: ${code}`, () => {
      const [finding, ...others] = look()
      assert.deepEqual(
        others.map((other) => other.code),
        [],
      )
      assert.equal(finding?.code, code)
      assert.equal(finding.unfit ? 'unfit' : finding.severity, severity)
      assert.match(finding.message, message)
      assert.notEqual(finding.hint, '')
      assert.equal(toError(finding).exitCode, catalog[code].exitCode)
    })
  }
})

describe('what is let pass', () => {
  test('an unsigned file where no signature is wanted', () => {
    assert.deepEqual(findings(ipxeImage(identities.endpoint), { signature: 'optional' }), [])
  })
  test('an altered file never, wanted or not', () => {
    assert.equal(findings(flipped(signed, 0x8000), { signature: 'optional' })[0]?.code, 'ARTIFACT_ALTERED')
  })
  test('one good signature beside one of a kind that is not known', () => {
    const twice = signImage(signed, identities.stranger)
    const first = twice.indexOf(Buffer.from('00020200', 'hex'), signed.length - 3000)
    twice.writeUInt16LE(0x0ef1, first + 2)
    assert.deepEqual(findings(twice, { db: identities.stranger.der }), [])
  })
  test('the domain itself, in any case, and a host known only at run time', () => {
    const script = `#!ipxe\nchain https://EDGE.test/x || chain http://\${next-server}/y`
    assert.deepEqual(findings(signedImage(identities, { script })), [])
  })
  test('31 days before the end', () => {
    assert.deepEqual(findings(signed, { nowMs: nowMs + 333 * dayMs }), [])
  })
  test('a BIOS boot program for BIOS', () => {
    assert.deepEqual(findings(Buffer.from('ea0500c007669c66', 'hex'), { architecture: 'bios' }), [])
  })
  test('no script address is asked for without a domain', () => {
    assert.deepEqual(findings(signed, { fqdn: undefined }), [])
  })
})

test('the worst comes first', () => {
  const seen = findings(signed, {
    fqdn: 'other.test',
    served: identities.stranger.der,
    db: identities.stranger.der,
  })
  assert.deepEqual(
    seen.map(({ code }) => code),
    ['ARTIFACT_WRONG_ORCHESTRATOR', 'ARTIFACT_TRUST_MISMATCH', 'ARTIFACT_SIGNER_UNKNOWN'],
  )
})

function withBadTable(): Buffer {
  const file = Buffer.from(signed)
  file.writeUInt32LE(3, file.indexOf(Buffer.from('00020200', 'hex'), file.length - 3000) - 4)
  return file
}

function stock(): Buffer {
  return signImage(
    buildEfiImage({ ipxeVersion: '1.21.1', trusted: [identities.endpoint.der] }),
    identities.db,
  )
}
