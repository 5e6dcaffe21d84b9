import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { DownloadWaiting } from '../../src/artifact/download/options.ts'
import { readLastCheck } from '../../src/artifact/last-check.ts'
import { type RefreshOptions, type RefreshOutcome, refreshOnce } from '../../src/artifact/refresh.ts'
import { sourceOf } from '../../src/artifact/source.ts'
import { ArtifactStore } from '../../src/artifact/store/store.ts'
import { buildEfiImage } from '../../src/demo/efi-image.ts'
import { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import {
  type Identity,
  type IdentityRequest,
  makeIdentity,
} from '../../src/demo/orchestrator-certificates.ts'
import { signImage } from '../../src/demo/sign-image.ts'
import type { ErrorCode } from '../../src/errors/catalog.ts'
import { catalog } from '../../src/errors/catalog.ts'
import type { ServeEvent } from '../../src/events/event.ts'
import { systemClock } from '../../src/net/clock.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { openOrchestrator } from '../../src/orchestrator/open.ts'
import { flipped } from './support/images.ts'

const artifactName = 'signed_ipxe.efi'
const artifactPath = `/tink-stack/${artifactName}`
const dayMs = 86_400_000

let db: Identity
let orchestrator: EmbeddedOrchestrator
let store: ArtifactStore
let events: ServeEvent[]
let build: number
let directory: string
let caFile: string

before(async () => {
  db = await makeIdentity({ commonName: 'orchestrator db' })
  directory = mkdtempSync(join(tmpdir(), 'emf-pxe-refresh-'))
  orchestrator = await EmbeddedOrchestrator.start({
    files: { [artifactName]: makeFile, 'keys/db.der': db.der },
  })
  caFile = join(directory, 'ca.pem')
  writeFileSync(caFile, orchestrator.authority.certificatePem)
})
after(async () => {
  await orchestrator.close()
  rmSync(directory, { recursive: true, force: true })
})
beforeEach(async () => {
  build = 1
  orchestrator.faults.clear()
  await rotate()
  store = new ArtifactStore(mkdtempSync(join(directory, 'state-')))
  events = []
})

/** As the orchestrator builds it: script and trust follow the endpoint's certificate. */
function makeFile(endpoint: Identity): Buffer {
  const script = `#!ipxe\nchain https://${endpoint.commonName}/tink-stack/boot.ipxe || shell\n`
  const image = buildEfiImage({
    ipxeVersion: '1.21.1+ (g4bd064de)',
    script,
    trusted: [endpoint.der],
    seed: build,
  })
  return signImage(image, db)
}

/** A new endpoint certificate, with elliptic curves because they are quick to make. */
async function rotate(request: Partial<IdentityRequest> = {}, keepFiles = false): Promise<void> {
  await orchestrator.rotateCertificate({ key: 'EC P-256', ...request }, { keepFiles })
}

/** A new build of the same kind. */
function rebuild(): void {
  build += 1
  orchestrator.setFile(artifactName, makeFile(orchestrator.endpoint))
}

function refresh(options: Partial<RefreshOptions> = {}): Promise<RefreshOutcome> {
  const { connectTo, lookup } = orchestrator
  orchestrator.setFile('boot.ipxe', Buffer.from('#!ipxe\n'))
  const open = async () =>
    sourceOf(await openOrchestrator({ fqdn: orchestrator.fqdn, caFile }, { connectTo, lookup }))
  return refreshOnce({
    store,
    open,
    expectations: { architecture: 'x64', signature: 'required', fqdn: orchestrator.fqdn },
    clock: systemClock,
    publish: (event) => events.push(event),
    download: { patienceMs: 0 },
    ...options,
  })
}

const served = async () => (await store.load()).bytes
const typesOf = () => events.splice(0).map(({ type }) => type)
const reasonOf = (outcome: RefreshOutcome) => (outcome.kind === 'kept' ? outcome.reason.code : outcome.kind)

describe('staying fresh', () => {
  test('first: stored, with where it came from and the certificate to enrol', async () => {
    const outcome = await refresh()
    assert.equal(outcome.kind, 'replaced')
    assert.deepEqual(outcome.findings, [])
    assert.equal(outcome.report?.served?.trust, 'trusted')
    assert.ok((await served()).equals(orchestrator.file(artifactName) ?? Buffer.alloc(0)))
    const { entry, dbCertificate } = await store.load()
    assert.equal(entry.url, `https://${orchestrator.provisioningHost}${artifactPath}`)
    assert.match(entry.etag ?? '', /^"/)
    assert.ok(dbCertificate)
    assert.ok(dbCertificate.der.equals(db.der))
    assert.ok(readFileSync(dbCertificate.path).equals(db.der))
    assert.equal(outcome.report.authenticode?.signatures[0]?.trustedBy, db.sha256)
    assert.deepEqual(typesOf(), ['artifact.refreshed'])
  })

  test('again: one conditional request, nothing changes', async () => {
    await refresh()
    const before = orchestrator.requests.length
    assert.equal((await refresh()).kind, 'unchanged')
    const asked = orchestrator.requests.slice(before).filter(({ path }) => path === artifactPath)
    assert.deepEqual(
      asked.map(({ status }) => status),
      [304],
    )
    assert.deepEqual(typesOf(), ['artifact.refreshed', 'artifact.unchanged'])
  })

  test('a new build: replaced, the old one kept for rollback', async () => {
    const first = await refresh()
    rebuild()
    assert.equal((await refresh()).kind, 'replaced')
    assert.equal((await store.read())?.previous?.sha256, first.entry?.sha256)
  })

  test('a damaged copy is fetched again, whatever the ETag says', async () => {
    await refresh()
    writeFileSync((await store.load()).path, 'broken')
    assert.equal((await refresh()).kind, 'unchanged')
    assert.ok((await served()).equals(orchestrator.file(artifactName) ?? Buffer.alloc(0)))
  })

  test('the orchestrator is away: what is there goes on being served', async () => {
    await refresh()
    const open = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }))
    const outcome = await refresh({ open })
    assert.equal(reasonOf(outcome), 'NETWORK_FAILED')
    assert.ok(outcome.entry)
    assert.deepEqual(typesOf(), ['artifact.refreshed', 'artifact.refresh-failed'])
  })

  test('no db certificate there: the signature is still checked, only nobody vouches', async () => {
    orchestrator.setFile('keys/db.der', undefined)
    const outcome = await refresh()
    assert.equal(outcome.kind, 'replaced')
    assert.deepEqual(outcome.report?.authenticode?.db, [])
    assert.deepEqual(outcome.findings, [])
  })

  test('another db certificate there: taken, with a warning', async () => {
    orchestrator.setFile('keys/db.der', (await makeIdentity({ commonName: 'newer db', key: 'EC P-256' })).der)
    const outcome = await refresh()
    assert.equal(outcome.kind, 'replaced')
    assert.deepEqual(
      outcome.findings.map(({ code }) => code),
      ['ARTIFACT_SIGNER_UNKNOWN'],
    )
  })
})

describe('a rotated certificate', () => {
  test('noticed at once, loud while the new file is not there, quiet when it is', async () => {
    const first = await refresh()
    typesOf()
    await rotate({}, true)
    const mismatched = await refresh()
    assert.equal(mismatched.kind, 'unchanged')
    assert.equal(mismatched.findings[0]?.code, 'ARTIFACT_TRUST_MISMATCH')
    const alarm = events.find(({ type }) => type === 'artifact.trust-mismatch')
    assert.deepEqual(alarm, {
      atMs: alarm?.atMs,
      type: 'artifact.trust-mismatch',
      trusted: first.report?.served?.sha256,
      served: orchestrator.endpoint.sha256,
    })
    assert.deepEqual(typesOf(), ['artifact.unchanged', 'artifact.trust-mismatch'])

    orchestrator.setFile(artifactName, undefined)
    const missing = await refresh()
    assert.equal(reasonOf(missing), 'HTTP_NOT_FOUND')
    assert.equal(missing.findings[0]?.code, 'ARTIFACT_TRUST_MISMATCH')
    assert.deepEqual(typesOf(), ['artifact.refresh-failed', 'artifact.trust-mismatch'])

    rebuild()
    const healed = await refresh()
    assert.equal(healed.kind, 'replaced')
    assert.deepEqual(healed.findings, [])
    assert.deepEqual(typesOf(), ['artifact.refreshed'])
  })

  test('alarmed before patience ends: the wait for the new file may take a quarter of an hour', async () => {
    await refresh()
    typesOf()
    await rotate({}, true)
    orchestrator.setFault(artifactPath, { kind: 'status', status: 404, times: 1 })
    const clock = new VirtualClock()
    const whileWaiting = Promise.withResolvers<void>()
    const publish = (event: ServeEvent) => {
      events.push(event)
      whileWaiting.resolve()
    }
    const onWaiting = ({ delayMs }: DownloadWaiting) => {
      void whileWaiting.promise.then(async () => {
        assert.deepEqual(typesOf(), ['artifact.trust-mismatch'])
        rebuild()
        await clock.advance(delayMs)
      })
    }
    const outcome = await refresh({ clock, publish, download: { onWaiting } })
    assert.equal(outcome.kind, 'replaced')
    assert.deepEqual(typesOf(), ['artifact.refreshed'])
  })

  test('a file for a certificate that is not served yet does not replace one that works', async () => {
    const first = await refresh()
    const next = await makeIdentity({ commonName: orchestrator.provisioningHost, key: 'EC P-256' })
    orchestrator.setFile(artifactName, makeFile(next))
    const outcome = await refresh()
    assert.equal(reasonOf(outcome), 'ARTIFACT_TRUST_MISMATCH')
    assert.equal(outcome.entry?.sha256, first.entry?.sha256)
    assert.deepEqual(outcome.findings, [])
  })

  test('when neither works, the newer one is taken: it is nearer to the day', async () => {
    await refresh()
    await rotate({}, true)
    const next = await makeIdentity({ commonName: orchestrator.provisioningHost, key: 'EC P-256' })
    orchestrator.setFile(artifactName, makeFile(next))
    assert.equal((await refresh()).kind, 'replaced')
  })

  for (const [name, days, code] of [
    ['expires in 10 days', 10, 'ARTIFACT_CERTIFICATE_EXPIRING'],
    ['expires in 29 days', 29, 'ARTIFACT_CERTIFICATE_EXPIRING'],
    ['expires in 31 days', 31, undefined],
  ] as const) {
    test(`the certificate ${name}`, async () => {
      const validUntilMs = Date.now() + days * dayMs + 60_000
      await rotate({ validUntilMs })
      const outcome = await refresh()
      assert.equal(outcome.findings[0]?.code, code)
      assert.equal(typesOf().includes('artifact.certificate-expiring'), code !== undefined)
    })
  }
})

describe('what is not taken: the message, the exit code, and what is left behind', () => {
  type Row = readonly [name: string, code: ErrorCode, message: RegExp, spoil: () => void | Promise<void>]
  const good = () => orchestrator.file(artifactName) ?? Buffer.alloc(0)
  const put = (bytes: Buffer) => orchestrator.setFile(artifactName, bytes)
  const rows: readonly Row[] = [
    ['404', 'HTTP_NOT_FOUND', /answered 404/, () => orchestrator.setFile(artifactName, undefined)],
    [
      '401',
      'HTTP_UNAUTHORIZED',
      /answered 401/,
      () => orchestrator.setFault(artifactPath, { kind: 'status', status: 401 }),
    ],
    [
      '403',
      'HTTP_FORBIDDEN',
      /answered 403/,
      () => orchestrator.setFault(artifactPath, { kind: 'status', status: 403 }),
    ],
    [
      '429',
      'HTTP_RATE_LIMITED',
      /wait: 5 s/,
      () =>
        orchestrator.setFault(artifactPath, { kind: 'status', status: 429, headers: { 'retry-after': '5' } }),
    ],
    [
      '500',
      'HTTP_SERVER_ERROR',
      /answered 500/,
      () => orchestrator.setFault(artifactPath, { kind: 'status', status: 500 }),
    ],
    [
      'a login page',
      'LOGIN_PAGE',
      /a web page came/,
      () => orchestrator.setFault(artifactPath, { kind: 'webPage' }),
    ],
    [
      'a redirect',
      'HTTP_REDIRECTED',
      /points to https:\/\/mirror\.test/,
      () => orchestrator.setFault(artifactPath, { kind: 'redirect', location: 'https://mirror.test/' }),
    ],
    [
      'cut at 60 %',
      'RESPONSE_TRUNCATED',
      /the connection ended after \d+ of \d+ bytes/,
      () => orchestrator.setFault(artifactPath, { kind: 'truncate', atPart: 0.6 }),
    ],
    [
      'stored cut short on the orchestrator',
      'ARTIFACT_INCOMPLETE',
      /It has 40000 bytes, its headers speak of \d+/,
      () => put(good().subarray(0, 40_000)),
    ],
    ['empty', 'ARTIFACT_NOT_EFI', /It is empty/, () => put(Buffer.alloc(0))],
    [
      'for AArch64',
      'ARTIFACT_WRONG_ARCHITECTURE',
      /for AArch64, wanted x86-64/,
      () => put(signImage(buildEfiImage({ architecture: 'arm64' }), db)),
    ],
    ['unsigned', 'ARTIFACT_UNSIGNED', /no Authenticode signature/, () => put(buildEfiImage({ seed: 9 }))],
    [
      'one bit flipped',
      'ARTIFACT_ALTERED',
      /changed after “CN=orchestrator db” signed it/,
      () => put(flipped(good(), 0x5000)),
    ],
    [
      'another orchestrator’s',
      'ARTIFACT_WRONG_ORCHESTRATOR',
      /continues at https:\/\/other\.test/,
      async () => put(makeFile(await makeIdentity({ commonName: 'other.test', key: 'EC P-256' }))),
    ],
    [
      'a certificate from nobody',
      'CERTIFICATE_WRONG_NAME',
      /other\.test/,
      () => rotate({ commonName: 'other.test' }),
    ],
    [
      'an expired certificate',
      'CERTIFICATE_EXPIRED',
      /expired|ended/,
      () => rotate({ validUntilMs: Date.now() - dayMs, validFromMs: Date.now() - 2 * dayMs }),
    ],
  ]
  for (const [name, code, message, spoil] of rows) {
    test(`${name}: ${code}`, async () => {
      const first = await refresh()
      events.length = 0
      await spoil()
      const outcome = await refresh()
      assert.equal(outcome.kind, 'kept')
      assert.ok(outcome.kind === 'kept')
      assert.equal(outcome.reason.code, code)
      assert.equal(outcome.reason.exitCode, catalog[code].exitCode)
      assert.match(outcome.reason.message, message)
      assert.notEqual(outcome.reason.hint, '')
      assert.equal(outcome.entry?.sha256, first.entry?.sha256)
      assert.equal((await store.read())?.previous, null)
      const failed = events.find(({ type }) => type === 'artifact.refresh-failed')
      assert.ok(failed?.type === 'artifact.refresh-failed')
      assert.equal(failed.code, code)
      assert.doesNotMatch(failed.message, /\n/, 'a log has one line for each event')
      const note = await readLastCheck(store)
      assert.equal(note?.outcome, 'kept')
      assert.equal(note?.reason?.code, code)
    })
  }

  test('with nothing stored yet there is nothing to serve, and the note says why', async () => {
    put(buildEfiImage())
    const outcome = await refresh()
    assert.equal(reasonOf(outcome), 'ARTIFACT_UNSIGNED')
    assert.equal(outcome.entry, undefined)
    assert.equal(await store.read(), undefined)
    assert.equal((await readLastCheck(store))?.reason?.code, 'ARTIFACT_UNSIGNED')
  })

  test('unsigned where the site does without signatures', async () => {
    put(buildEfiImage())
    const expectations = { architecture: 'x64', signature: 'optional' } as const
    assert.equal((await refresh({ expectations })).kind, 'replaced')
  })
})

describe('after a rollback', () => {
  test('the file that was left is not taken again, the next one is', async () => {
    const first = await refresh()
    rebuild()
    const second = await refresh()
    await store.rollback()
    typesOf()
    const before = orchestrator.requests.length
    const outcome = await refresh()
    assert.equal(reasonOf(outcome), 'ARTIFACT_HELD_BACK')
    assert.equal(outcome.entry?.sha256, first.entry?.sha256)
    const asked = orchestrator.requests.slice(before).filter(({ path }) => path === artifactPath)
    assert.deepEqual(
      asked.map(({ status }) => status),
      [304],
    )
    assert.deepEqual(typesOf(), ['artifact.unchanged'])
    rebuild()
    assert.equal((await refresh()).kind, 'replaced')
    assert.notEqual((await store.read())?.current.sha256, second.entry?.sha256)
  })

  test('a person may take it all the same', async () => {
    await refresh()
    rebuild()
    const second = await refresh()
    await store.rollback()
    const outcome = await refresh({ evenIfHeldBack: true })
    assert.equal(outcome.kind, 'replaced')
    assert.equal(outcome.entry?.sha256, second.entry?.sha256)
  })

  test('the same bytes under another ETag are known by their SHA-256', async () => {
    await refresh()
    rebuild()
    await refresh()
    await store.rollback()
    const manifest = await store.read()
    assert.ok(manifest?.previous)
    writeFileSync(
      join(store.directory, 'manifest.json'),
      JSON.stringify({ ...manifest, previous: { ...manifest.previous, etag: '"elsewhere"' } }),
    )
    assert.equal(reasonOf(await refresh()), 'ARTIFACT_HELD_BACK')
  })
})

test('aborted: the reason comes through, nothing is published', async () => {
  const stop = new AbortController()
  stop.abort(new Error('enough'))
  await assert.rejects(refresh({ download: { patienceMs: 0, signal: stop.signal } }), /enough/)
  assert.deepEqual(events, [])
})
