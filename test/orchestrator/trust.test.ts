import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, suite, test } from 'node:test'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { makeIdentity } from '../../src/demo/orchestrator-certificates.ts'
import type { CertificateFacts } from '../../src/orchestrator/certificate.ts'
import { displayFingerprint } from '../../src/orchestrator/certificate.ts'
import { establishTrust, type TrustDecision, type TrustQuestion } from '../../src/orchestrator/trust.ts'
import { provisioningEndpoint } from '../../src/orchestrator/urls.ts'
import { assertFails, failureOf } from './support/failing.ts'

const day = 86_400_000
let orchestrator: EmbeddedOrchestrator
let directory: string
let caFile: string

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'emf-pxe-trust-'))
  orchestrator = await EmbeddedOrchestrator.start()
  caFile = join(directory, 'ca.pem')
  await writeFile(caFile, `orchestrator CA\n${orchestrator.authority.certificatePem}`)
})
afterEach(async () => {
  orchestrator.faults.clear()
  await orchestrator.rotateCertificate()
})
after(async () => {
  await orchestrator.close()
  await rm(directory, { recursive: true })
})

function ask(question: Partial<TrustQuestion> = {}): Promise<TrustDecision> {
  const endpoint = provisioningEndpoint('tinkerbell-haproxy', orchestrator.fqdn, 443)
  const network = { ...orchestrator.network, timeoutMs: 3000 }
  return establishTrust({ endpoint, fqdn: orchestrator.fqdn, ...question }, network)
}

suite('who vouches for the endpoint', () => {
  test('an authority of the CA file that signed it', async () => {
    await orchestrator.rotateCertificate({ issuer: orchestrator.authority })
    const decision = await ask({ caFile })
    assert.equal(decision.rung, 'caFile')
    assert.match(decision.passed[0] ?? '', /^this machine’s authorities: its issuer is not known here/)
    assert.equal(decision.peer.leaf.sha256, orchestrator.endpoint.sha256)
    assert.deepEqual(decision.warnings, [])
  })

  test('the copy that the verified root domain serves', async () => {
    const decision = await ask({ caFile })
    assert.equal(decision.rung, 'rootDomain')
    assert.deepEqual(decision.policy.extraAuthorities, [orchestrator.endpoint.certificatePem.trim()])
    assert.equal(decision.passed.length, 2)
  })

  test('a person, who is shown the certificate', async () => {
    const shown: CertificateFacts[] = []
    const decision = await ask({
      confirm: async (certificate) => {
        shown.push(certificate)
        return true
      },
    })
    assert.equal(decision.rung, 'confirmed')
    assert.equal(decision.policy.pinnedSha256, orchestrator.endpoint.sha256)
    assert.equal(shown[0]?.subject, `CN=${orchestrator.provisioningHost}`)
    assert.deepEqual(shown[0]?.names, [orchestrator.provisioningHost])
    assert.equal(shown[0]?.key, 'RSA 2048')
    assert.match(
      decision.passed.join('\n'),
      /the orchestrator’s root domain: edge\.demo\.test:443: its issuer/,
    )
  })

  test('the fingerprint that was given, in any spelling', async () => {
    const trustFingerprint = displayFingerprint(orchestrator.endpoint.sha256)
    const decision = await ask({ trustFingerprint })
    assert.equal(decision.rung, 'pinned')
    assert.deepEqual(decision.passed, [])
  })

  test('a certificate for another name is warned about: iPXE checks names', async () => {
    const other = await orchestrator.rotateCertificate({ names: ['other.test'] })
    const decision = await ask({ trustFingerprint: other.sha256 })
    assert.match(decision.warnings.join(), /not for tinkerbell-haproxy\.edge\.demo\.test; iPXE checks/)
  })

  test('an inspection device that this machine trusts is warned about: nodes do not trust it', async () => {
    const device = await makeIdentity({ commonName: 'FortiGate CA', isAuthority: true })
    await orchestrator.rotateCertificate({ issuer: device })
    const deviceFile = join(directory, 'device.pem')
    await writeFile(deviceFile, device.certificatePem)
    const decision = await ask({ caFile: deviceFile })
    assert.equal(decision.rung, 'caFile')
    assert.match(decision.warnings.join(), /^Fortinet opens the TLS connection; nodes do not trust it/)
  })
})

suite('nobody does', () => {
  test('without a person, the flag is named, with what each rung said', async () => {
    const error = await failureOf(ask(), {
      code: 'TRUST_UNDECIDED',
      exitCode: 2,
      message:
        /nobody vouches for the certificate ([0-9A-F]{2}:){31}[0-9A-F]{2}\n {2}this machine’s authorities: the certificate is self-signed/,
      hint: /fingerprint -sha256\n.*--trust-fingerprint [0-9a-f]{64}$/,
    })
    assert.match(error.hint, new RegExp(orchestrator.endpoint.sha256))
  })

  test('the person says no', () =>
    assertFails(ask({ confirm: async () => false }), {
      code: 'TRUST_DECLINED',
      exitCode: 9,
      message: /was not confirmed/,
    }))

  test('the root domain has no copy yet', async () => {
    orchestrator.setFault('/boots/ca.crt', { kind: 'status', status: 404 })
    await assertFails(ask({ caFile }), {
      code: 'TRUST_UNDECIDED',
      exitCode: 2,
      message: /root domain: https:\/\/edge\.demo\.test\/boots\/ca\.crt: it answered 404/,
    })
  })

  test('the root domain has something else there', async () => {
    orchestrator.setFault('/boots/ca.crt', { kind: 'webPage' })
    await assertFails(ask({ caFile }), {
      code: 'TRUST_UNDECIDED',
      exitCode: 2,
      message: /boots\/ca\.crt: no certificate is in it/,
    })
  })

  test('the copy lags behind a renewal', async () => {
    const old = orchestrator.endpoint.certificatePem
    await orchestrator.rotateCertificate()
    orchestrator.setFault('/boots/ca.crt', { kind: 'status', status: 200, body: old })
    await assertFails(ask({ caFile }), {
      code: 'TRUST_UNDECIDED',
      exitCode: 2,
      message: /root domain: the certificate is self-signed/,
    })
  })

  test('a person is not asked about an expired certificate', async () => {
    await orchestrator.rotateCertificate({
      validFromMs: Date.now() - 9 * day,
      validUntilMs: Date.now() - day,
    })
    const confirm = () => assert.fail('nobody should be asked')
    await assertFails(ask({ confirm }), { code: 'CERTIFICATE_EXPIRED', exitCode: 6, message: /expired on/ })
  })

  test('nor about an expired one from an unknown authority', async () => {
    const stranger = await makeIdentity({ commonName: 'Another CA', isAuthority: true })
    const past = { validFromMs: Date.now() - 9 * day, validUntilMs: Date.now() - day }
    await orchestrator.rotateCertificate({ issuer: stranger, ...past })
    const confirm = () => assert.fail('nobody should be asked')
    await assertFails(ask({ confirm }), { code: 'CERTIFICATE_EXPIRED', exitCode: 6, message: /expired on/ })
  })

  test('nor about a certificate that a trusted authority made for another name', async () => {
    await orchestrator.rotateCertificate({ issuer: orchestrator.authority, names: ['other.test'] })
    const confirm = () => assert.fail('nobody should be asked')
    await assertFails(ask({ caFile, confirm }), {
      code: 'CERTIFICATE_WRONG_NAME',
      exitCode: 6,
      message: /is for other\.test; wanted tinkerbell-haproxy/,
    })
  })

  test('a person is not asked about an inspection device', async () => {
    const device = await makeIdentity({ commonName: 'Netskope CA', isAuthority: true })
    await orchestrator.rotateCertificate({ issuer: device })
    const confirm = () => assert.fail('nobody should be asked')
    await assertFails(ask({ confirm }), { code: 'TLS_INTERCEPTED', exitCode: 6, message: /Netskope/ })
  })

  test('another certificate than the given fingerprint', () =>
    assertFails(ask({ trustFingerprint: '00'.repeat(32) }), {
      code: 'CERTIFICATE_CHANGED',
      exitCode: 6,
      message: /wanted the confirmed one, 00:00/,
      hint: /Compare/,
    }))

  test('another certificate, and the root domain says that it was renewed', () =>
    assertFails(ask({ trustFingerprint: '00'.repeat(32), caFile }), {
      code: 'CERTIFICATE_CHANGED',
      exitCode: 6,
      message: /edge\.demo\.test confirms the new one, so it was renewed/,
      hint: /--trust-fingerprint [0-9a-f]{64}/,
    }))
})

suite('the CA file', () => {
  test('is missing', () =>
    assertFails(ask({ caFile: '/nowhere/ca.pem' }), {
      code: 'CA_FILE_UNREADABLE',
      exitCode: 4,
      message: /^\/nowhere\/ca\.pem: there is no such file$/,
      hint: /ls -l \/nowhere/,
    }))

  const contents: readonly (readonly [string, string, RegExp])[] = [
    ['is empty', '', /no readable PEM certificate/],
    ['holds a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', /holds a private key/],
    ['is DER', '\x30\x82\0\0', /binary file, perhaps DER/],
    ['is damaged', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /no readable PEM/],
  ]
  for (const [name, content, message] of contents)
    test(name, async () => {
      const file = join(directory, 'bad.pem')
      await writeFile(file, content)
      await assertFails(ask({ caFile: file }), {
        code: 'CA_FILE_INVALID',
        exitCode: 4,
        message,
        hint: /openssl x509/,
      })
    })
})
