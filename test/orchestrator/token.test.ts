import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, suite, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { demoProjectId, EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { EmfPxeError } from '../../src/errors/error.ts'
import { createHttpClient } from '../../src/orchestrator/http.ts'
import { Secret } from '../../src/orchestrator/secret.ts'
import { signIn } from '../../src/orchestrator/sign-in.ts'
import { decodeToken, requireAlive } from '../../src/orchestrator/token.ts'
import { readToken, storeToken, tokenSourceFrom } from '../../src/orchestrator/token-source.ts'
import { assertFails, failureOf } from './support/failing.ts'

const project = '0b3a7a0e-6d2f-4b51-9d2b-2f2f3f3f3f3f'
const organisation = '11111111-2222-4333-8444-555555555555'

function jwt(claims: unknown): string {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`
}

const token = jwt({
  exp: 1_782_907_200,
  iat: 1_782_903_600,
  iss: 'https://keycloak.edge.test/realms/master',
  azp: 'system-client',
  preferred_username: 'technician',
  groups: [`${project}_Host-Manager-Group`, 'org-admin-group'],
  realm_access: { roles: [`${organisation}_${project}_m`, `${project}_im-rw`, 'offline_access'] },
})

suite('what a token says', () => {
  test('user, issuer, projects and expiry', () => {
    const facts = decodeToken(new Secret(token))
    assert.equal(facts.user, 'technician')
    assert.equal(facts.issuer, 'https://keycloak.edge.test/realms/master')
    assert.equal(facts.client, 'system-client')
    assert.deepEqual(facts.projects, [project])
    assert.equal(facts.expiresAtMs, Date.parse('2026-07-01T12:00:00Z'))
  })

  test('claims of unexpected kinds are left out', () => {
    const facts = decodeToken(new Secret(jwt({ exp: 'soon', groups: 'all', realm_access: 3, sub: 'id-1' })))
    assert.equal(facts.user, 'id-1')
    assert.equal(facts.expiresAtMs, undefined)
    assert.deepEqual([facts.groups, facts.roles, facts.projects], [[], [], []])
  })

  test('expired', () => {
    const facts = decodeToken(new Secret(token))
    requireAlive(facts, Date.parse('2026-07-01T11:59:59Z'))
    assert.throws(
      () => requireAlive(facts, Date.parse('2026-07-01T12:30:00Z')),
      (error) =>
        error instanceof EmfPxeError && error.code === 'TOKEN_EXPIRED' && /30 min ago/.test(error.message),
    )
  })

  for (const exp of [-1e30, -8_640_000_000_001, 1e300])
    test(`a time of expiry that no calendar has: ${exp}`, () => {
      const facts = decodeToken(new Secret(jwt({ exp })))
      const judge = () => requireAlive(facts, Date.parse('2026-07-01T12:00:00Z'))
      if (exp > 0) judge()
      else assert.throws(judge, { code: 'TOKEN_EXPIRED' })
    })

  const broken: readonly (readonly [string, string, RegExp])[] = [
    ['a password', 'hunter2hunter2', /1 parts, wanted 3/],
    ['two parts', 'eyJhunter2.eyJi', /2 parts/],
    ['no JSON inside', 'hunter2.aGVsbG8.c2ln', /no JSON object/],
    ['a JSON list inside', `hunter2.${Buffer.from('[]').toString('base64url')}.c2ln`, /no JSON object/],
    ['strange characters', 'hunter2.a b.c', /characters that no token has/],
    ['a whole file', `hunter2${'x'.repeat(70_000)}`, /70007 characters/],
  ]
  for (const [name, text, message] of broken)
    test(`not a token, and not quoted: ${name}`, () => {
      assert.throws(
        () => decodeToken(new Secret(text)),
        (error) =>
          error instanceof EmfPxeError &&
          error.code === 'TOKEN_MALFORMED' &&
          message.test(error.message) &&
          !/hunter2/.test(inspect(error)),
      )
    })
})

test('any text: a token, or a refusal that does not quote it', () => {
  const part = fc.oneof(
    fc.string(),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      try {
        decodeToken(new Secret(parts.join('.')))
      } catch (error) {
        assert.ok(error instanceof EmfPxeError)
        assert.equal(error.code, 'TOKEN_MALFORMED')
      }
    }),
    { seed: 20260704, numRuns: 2000 },
  )
})

suite('where a token comes from', () => {
  let directory: string
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'emf-pxe-token-'))
  })
  after(() => rm(directory, { recursive: true }))

  test('a file; one that others can read is warned about', async () => {
    const path = join(directory, 'token')
    await writeFile(path, `\n Bearer ${token}\n\n`, { mode: 0o600 })
    const kept = await readToken({ kind: 'file', path })
    assert.equal(kept.token.reveal(), token)
    assert.deepEqual(kept.warnings, [])
    await chmod(path, 0o644)
    assert.deepEqual((await readToken({ kind: 'file', path })).warnings, [
      `${path} can be read by others: chmod 600 ${path}`,
    ])
  })

  test('standard input', async () => {
    const stream = Readable.from([token.slice(0, 10), token.slice(10), '\n'])
    assert.equal((await readToken({ kind: 'stdin', stream })).token.reveal(), token)
  })

  test('the flag comes before the environment', () => {
    const stdin = Readable.from([])
    const environment = { EMF_PXE_TOKEN: token }
    assert.deepEqual(tokenSourceFrom('/etc/token', environment, stdin), { kind: 'file', path: '/etc/token' })
    assert.equal(tokenSourceFrom('-', environment, stdin)?.kind, 'stdin')
    assert.equal(tokenSourceFrom(undefined, environment, stdin)?.kind, 'environment')
    assert.equal(tokenSourceFrom(undefined, { EMF_PXE_TOKEN: ' ' }, stdin), undefined)
  })

  test('failures', async () => {
    await assertFails(readToken({ kind: 'file', path: join(directory, 'none') }), {
      code: 'TOKEN_UNREADABLE',
      exitCode: 4,
      message: /none cannot be read \(ENOENT\)/,
      hint: /^ls -l /,
    })
    await assertFails(readToken({ kind: 'file', path: directory }), {
      code: 'TOKEN_UNREADABLE',
      exitCode: 4,
      message: /cannot be read \(EISDIR\)/,
    })
    await assertFails(readToken({ kind: 'prompt', answer: '  ' }), {
      code: 'TOKEN_MISSING',
      exitCode: 2,
      message: /the answer is empty/,
      hint: /never on the command line/,
    })
    const endless = Readable.from(
      (function* () {
        for (;;) yield 'x'.repeat(10_000)
      })(),
    )
    await assertFails(readToken({ kind: 'stdin', stream: endless }), {
      code: 'TOKEN_MALFORMED',
      exitCode: 2,
      message: /more than 65536 bytes/,
    })
  })

  test('kept on request: for its owner only, whole, and nothing beside it', async () => {
    const place = join(directory, 'kept')
    await mkdir(place)
    const path = join(place, 'token')
    await writeFile(path, 'old', { mode: 0o644 })
    await storeToken(path, new Secret(token))
    assert.equal((await stat(path)).mode & 0o777, 0o600)
    assert.equal(await readFile(path, 'utf8'), `${token}\n`)
    assert.deepEqual(await readdir(place), ['token'])
  })

  test('a directory that does not exist', () =>
    assertFails(storeToken(join(directory, 'no', 'token'), new Secret(token)), {
      code: 'TOKEN_UNREADABLE',
      exitCode: 4,
      message: /cannot be written \(ENOENT\)/,
    }))
})

suite('user name and password', () => {
  let orchestrator: EmbeddedOrchestrator
  const account = { user: 'technician', password: 'correct horse & battery' }
  before(async () => {
    orchestrator = await EmbeddedOrchestrator.start({ account })
  })
  after(() => orchestrator.close())

  const exchange = (password: string) =>
    signIn(
      createHttpClient({
        trust: { extraAuthorities: [orchestrator.authority.certificatePem] },
        connectTo: orchestrator.connectTo,
      }),
      orchestrator.fqdn,
      account.user,
      new Secret(password),
    )

  test('are exchanged for a token', async () => {
    const facts = decodeToken(await exchange(account.password))
    assert.equal(facts.user, account.user)
    assert.deepEqual(facts.projects, [demoProjectId])
  })

  test('a wrong password is refused and not shown', async () => {
    const error = await failureOf(exchange('hunter2'), {
      code: 'LOGIN_REJECTED',
      exitCode: 6,
      message: /^https:\/\/keycloak\.edge\.demo\.test\/.*401: Invalid user credentials$/,
    })
    assert.doesNotMatch(inspect(error), /hunter2/)
  })

  test('an account that must change its password first', async () => {
    orchestrator.setFault('/realms/master/protocol/openid-connect/token', {
      kind: 'status',
      status: 400,
      times: 1,
      body: '{"error":"invalid_grant","error_description":"Account is not fully set up"}',
    })
    await assertFails(exchange(account.password), {
      code: 'LOGIN_REJECTED',
      exitCode: 6,
      message: /Account is not fully set up/,
    })
  })

  test('something else answers in Keycloak’s place', async () => {
    const path = '/realms/master/protocol/openid-connect/token'
    orchestrator.setFault(path, { kind: 'webPage', times: 1 })
    await assertFails(exchange('x'), { code: 'LOGIN_PAGE', exitCode: 6, message: /a web page came/ })
    orchestrator.setFault(path, { kind: 'status', status: 200, body: '{}', times: 1 })
    await assertFails(exchange('x'), { code: 'RESPONSE_UNREADABLE', exitCode: 6, message: /no access_token/ })
  })
})
