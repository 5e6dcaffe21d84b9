import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { ArtifactStore } from '../../src/artifact/store/store.ts'
import { startDemoOrchestrator } from '../../src/demo/demo-orchestrator.ts'
import { buildEfiImage, type EfiImageWishes } from '../../src/demo/efi-image.ts'
import { embeddedScript } from '../../src/demo/micro-os.ts'
import type { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { type Identity, makeIdentity } from '../../src/demo/orchestrator-certificates.ts'
import type { Fault } from '../../src/demo/orchestrator-faults.ts'
import { signImage } from '../../src/demo/sign-image.ts'
import type { ErrorCode } from '../../src/errors/catalog.ts'
import { flipped } from '../artifact/support/images.ts'
import { projectRoot } from '../support/imports.ts'
import { missing } from '../support/needs.ts'
import { InitSite } from './support/site.ts'

const artifactName = 'signed_ipxe.efi'
const artifactPath = `/tink-stack/${artifactName}`
const dayMs = 86_400_000

let orchestrator: EmbeddedOrchestrator
let stranger: Identity
let db: Identity
let good: Buffer
before(async () => {
  orchestrator = await startDemoOrchestrator()
  good = orchestrator.file(artifactName) ?? Buffer.alloc(0)
  stranger = await makeIdentity({ commonName: 'Zscaler Root CA', isAuthority: true })
  db = await makeIdentity({ commonName: 'db' })
})
after(() => orchestrator.close())

/** A boot file as this orchestrator would build it, unsigned. */
function image(wishes: EfiImageWishes = {}): Buffer {
  const { commonName, der } = orchestrator.endpoint
  return buildEfiImage({
    script: embeddedScript(`https://${commonName}/tink-stack/boot.ipxe`),
    trusted: [der],
    ...wishes,
  })
}

/** Something that goes wrong, and what a person is told of it. */
interface Row {
  readonly name: string
  readonly break: (site: InitSite) => unknown
  readonly mend?: () => unknown
  readonly code: ErrorCode
  readonly exitCode: number
  readonly says: RegExp
}

const fault = (name: string, wrong: Fault, code: ErrorCode, says: RegExp): Row => ({
  name,
  break: () => orchestrator.setFault(artifactPath, wrong),
  mend: () => orchestrator.faults.clear(),
  code,
  exitCode: 6,
  says,
})

const file = (name: string, bytes: () => Buffer, code: ErrorCode, says: RegExp): Row => ({
  name,
  break: () => orchestrator.setFile(artifactName, bytes()),
  mend: () => orchestrator.setFile(artifactName, good),
  code,
  exitCode: 7,
  says,
})

const certificate = (
  name: string,
  request: () => Parameters<EmbeddedOrchestrator['rotateCertificate']>[0],
  code: ErrorCode,
  says: RegExp,
): Row => ({
  name,
  break: () => orchestrator.rotateCertificate({ key: 'EC P-256', ...request() }),
  mend: async () => {
    await orchestrator.rotateCertificate({ key: 'EC P-256' })
    good = orchestrator.file(artifactName) ?? good
  },
  code,
  exitCode: 6,
  says,
})

const network = (name: string, change: Partial<EmbeddedOrchestrator['network']>, says: RegExp): Row => ({
  name,
  break: (site) => {
    site.surroundings = { ...site.surroundings, network: { ...orchestrator.network, ...change } }
  },
  code: 'ENDPOINT_NOT_FOUND',
  exitCode: 6,
  says,
})

const unknownName = async (name: string): Promise<never> => {
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' })
}

const rows: readonly Row[] = [
  network(
    'a name that DNS does not know',
    { lookup: unknownName, connectTo: () => undefined },
    /tinkerbell-haproxy[\s\S]*DNS/,
  ),
  network('a port that refuses', { connectTo: () => ({ host: '127.0.0.1', port: 1 }) }, /nothing listens/),
  certificate(
    'a certificate for another name',
    () => ({ commonName: 'other.test', issuer: orchestrator.authority }),
    'CERTIFICATE_WRONG_NAME',
    /other\.test/,
  ),
  certificate(
    'an expired certificate',
    () => ({
      issuer: orchestrator.authority,
      validFromMs: Date.now() - 9 * dayMs,
      validUntilMs: Date.now() - dayMs,
    }),
    'CERTIFICATE_EXPIRED',
    /expired/,
  ),
  certificate(
    'a connection that somebody opens on the way',
    () => ({ issuer: stranger }),
    'TLS_INTERCEPTED',
    /Zscaler/,
  ),
  fault('401', { kind: 'status', status: 401 }, 'HTTP_UNAUTHORIZED', /401/),
  fault('403', { kind: 'status', status: 403 }, 'HTTP_FORBIDDEN', /403/),
  fault('404 for good', { kind: 'status', status: 404 }, 'HTTP_NOT_FOUND', /404/),
  fault('429 for good', { kind: 'status', status: 429 }, 'HTTP_RATE_LIMITED', /429/),
  fault('500', { kind: 'status', status: 500 }, 'HTTP_SERVER_ERROR', /500/),
  fault('200 with a login page', { kind: 'webPage' }, 'LOGIN_PAGE', /web page/),
  fault('a body that ends too early', { kind: 'truncate', atPart: 0.6 }, 'RESPONSE_TRUNCATED', /ended/),
  fault(
    'a body that stalls at 60 %',
    { kind: 'stall', atPart: 0.6 },
    'RESPONSE_STALLED',
    /nothing|stopped|silen/,
  ),
  file(
    'a file that is no EFI program',
    () => Buffer.from('just text\n'.repeat(500)),
    'ARTIFACT_NOT_EFI',
    /EFI/,
  ),
  file(
    'a file for ARM',
    () => signImage(image({ architecture: 'arm64' }), db),
    'ARTIFACT_WRONG_ARCHITECTURE',
    /AArch64|arm64|ARM/i,
  ),
  file('an unsigned file', () => image(), 'ARTIFACT_UNSIGNED', /sign/),
  file('one byte flipped', () => flipped(good, 5000), 'ARTIFACT_ALTERED', /signed/),
]

describe('what goes wrong is told, and leaves everything as it was', () => {
  for (const row of rows)
    test(row.name, async (t) => {
      const site = openSite(t, row)
      site.surroundings = { patienceMs: 200, stallMs: 300 }
      await site.init()
      const before = stateOf(site)
      await row.break(site)
      const fresh = InitSite.open(t, orchestrator)
      fresh.surroundings = site.surroundings
      await row.break(fresh)
      for (const [where, run] of [
        ['on a new site', await fresh.init()],
        ['on a site that serves', await site.init()],
      ] as const) {
        assert.match(run.stderr, new RegExp(`✗ ${row.code} `), where)
        assert.equal(run.exitCode, row.exitCode, where)
        assert.match(run.stderr, row.says, where)
        assert.match(run.stderr, /→ \S/, 'what to try')
        assert.equal(run.stdout, '', where)
      }
      assert.deepEqual([existsSync(fresh.configFile), existsSync(fresh.stateDirectory)], [false, false])
      assert.deepEqual(stateOf(site), before)
      await row.mend?.()
      const mended = await site.init(site.answers)
      if (row.code !== 'ENDPOINT_NOT_FOUND') assert.equal(mended.exitCode, 0, mended.stderr)
    })

  const passing: Readonly<Record<string, Fault>> = {
    '404 then 200': { kind: 'status', status: 404, times: 1 },
    '429 with Retry-After': { kind: 'status', status: 429, headers: { 'retry-after': '1' }, times: 1 },
    '500 then 200': { kind: 'status', status: 503, times: 1 },
    'cut at 60 %, then the rest': { kind: 'truncate', atPart: 0.6, times: 1 },
  }
  for (const [name, wrong] of Object.entries(passing))
    test(`${name}: it waits, says so, and succeeds`, async (t) => {
      const site = InitSite.open(t, orchestrator)
      site.surroundings = { patienceMs: 5000 }
      orchestrator.setFault(artifactPath, wrong)
      const run = await site.init()
      assert.equal(run.exitCode, 0, run.stderr)
      assert.match(run.stderr, /Trying again in/)
      assert.deepEqual((await new ArtifactStore(site.stateDirectory).load()).bytes, good)
    })

  test('a full disk', { skip: missing('root', 'mount:mount') }, async (t) => {
    const site = InitSite.open(t, orchestrator)
    mkdirSync(site.stateDirectory)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'none', site.stateDirectory])
    try {
      const run = await site.init()
      assert.equal(run.exitCode, 5, run.stderr)
      assert.match(run.stderr, /✗ DISK_FULL /)
      assert.equal(existsSync(site.configFile), false)
      assert.equal(await new ArtifactStore(site.stateDirectory).read(), undefined)
    } finally {
      execFileSync('umount', [site.stateDirectory])
    }
  })

  test('kill -9 in the middle of a download', async (t) => {
    const site = InitSite.open(t, orchestrator)
    orchestrator.setFault(artifactPath, { kind: 'stall', atPart: 0.5 })
    const script = join(projectRoot, 'test/wizard/support/program.ts')
    const argv = [
      '--disable-warning=ExperimentalWarning',
      script,
      String(orchestrator.port),
      'init',
      ...site.answers,
    ]
    const child = spawn(process.execPath, argv, { stdio: 'ignore', env: { TMPDIR: site.directory } })
    await untilAsked(artifactPath)
    child.kill('SIGKILL')
    await once(child, 'close')
    assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
    orchestrator.faults.clear()
    const run = await site.init()
    assert.equal(run.exitCode, 0, run.stderr)
  })
})

function openSite(t: TestContext, row: Row): InitSite {
  t.after(() => row.mend?.())
  return InitSite.open(t, orchestrator)
}

/** The stored file, its manifest and the configuration; notes of checks may come and go. */
function stateOf({ configFile, stateDirectory }: InitSite): string[] {
  const artifact = join(stateDirectory, 'artifact')
  const manifest = join(artifact, 'manifest.json')
  return [...readdirSync(artifact).sort(), readFileSync(manifest, 'utf8'), readFileSync(configFile, 'utf8')]
}

/** A request is written down when its connection closes; a stalled one is seen by its fault being taken. */
async function untilAsked(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const { faults } = orchestrator
  const take = faults.take.bind(faults)
  faults.take = (asked) => {
    if (asked === path) resolve()
    return take(asked)
  }
  await promise
  faults.take = take
}
