import assert from 'node:assert/strict'
import { loadedUrls } from '../../../src/artifact/inspect/ipxe/script.ts'
import { EmfPxeError } from '../../../src/errors/error.ts'
import { isCertificate } from '../../../src/orchestrator/authorities.ts'
import { certificateFacts, isForHost, pemCertificates } from '../../../src/orchestrator/certificate.ts'
import type { HttpResponse } from '../../../src/orchestrator/http.ts'
import * as response from '../../../src/orchestrator/response.ts'
import { Secret } from '../../../src/orchestrator/secret.ts'
import { decodeToken, requireAlive } from '../../../src/orchestrator/token.ts'
import { bootScript, siteIdentities } from '../../artifact/support/images.ts'
import type { Mutation } from '../mutations.ts'
import { oneOf } from '../random.ts'
import type { FuzzTarget } from '../target.ts'

const statuses = [200, 204, 301, 302, 400, 401, 403, 404, 410, 418, 429, 500, 503]
const nowMs = 1_772_366_400_000
const url = 'https://user:hunter2@edge.test/tink-stack/boot.ipxe'

/** Keys are made anew each time: with the same seed the inputs are alike, not the same. */
export async function open(): Promise<FuzzTarget> {
  const { endpoint } = await siteIdentities()
  const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(endpoint.der).toString('base64')}\n-----END CERTIFICATE-----\n`
  return {
    feeds:
      'what an orchestrator, or a portal in its place, may answer: status, headers and body (boot.ipxe, PEM, JSON, web pages), and a token as typed',
    holds: [
      'a value or an error of the catalogue, never another exception',
      'no control character and no password in a message',
      'work in proportion to the text, also where regular expressions do it',
    ],
    longestBytes: 131_072,
    seeds: [
      ...texts,
      bootScript,
      pem,
      tokenOf({ exp: 1e9, groups: ['p_Host-Manager-Group'], realm_access: { roles: ['r'] } }),
      tokenOf({ exp: -1e30 }),
    ].map((text) => Buffer.from(`\x00${text}`)),
    mutations: textMutations,
    mostWork: (bytes) => 100_000 + 200 * bytes,
    run: async (bytes) => {
      const text = Buffer.from(bytes.subarray(1)).toString('utf8')
      readToken(text)
      readCertificates(text)
      for (const found of loadedUrls(text)) if (found === '') assert.fail('an empty URL')
      await readAnswer(bytes, text)
    },
  }
}

function readToken(text: string): void {
  expected(() => requireAlive(decodeToken(new Secret(text)), nowMs))
}

function readCertificates(text: string): void {
  for (const pem of pemCertificates(text)) {
    if (!isCertificate(pem)) continue
    const facts = certificateFacts(pem)
    isForHost(facts, 'edge.test')
    isForHost(facts, '10.0.0.1')
  }
}

/** The first byte chooses the status; the text is headers (name: value, up to an empty line) and body. */
async function readAnswer(bytes: Uint8Array, text: string): Promise<void> {
  const [head = '', body = head] = text.split('\n\n', 2)
  const headers = Object.fromEntries(
    head
      .split('\n', 20)
      .map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1)]),
  )
  const status = statuses[(bytes[0] ?? 0) % statuses.length] ?? 200
  const answer = (): HttpResponse => ({ url, status, headers, body: partsOf(body) })
  response.retryAfterMs(headers, nowMs)
  response.clockAheadMs(headers, nowMs)
  printable(response.messageOf(body))
  await expectedLater(async () => void (await response.expectStatus(answer(), 200)))
  await expectedLater(async () => void response.refuseWebPage(answer()))
  await expectedLater(async () => void (await response.readJson(answer())))
}

async function* partsOf(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body)
}

function expected(read: () => void): void {
  try {
    read()
  } catch (error) {
    inCatalogue(error)
  }
}

async function expectedLater(read: () => Promise<void>): Promise<void> {
  await read().catch(inCatalogue)
}

function inCatalogue(error: unknown): void {
  if (!(error instanceof EmfPxeError)) throw error
  printable(error.message)
  if (error.message.includes('hunter2')) assert.fail(error.message)
}

function printable(text: string): void {
  if (/\p{Cc}/u.test(text)) assert.fail(`a control character in ${JSON.stringify(text)}`)
}

function tokenOf(claims: object): string {
  return ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.')
}

const texts = [
  'content-type: text/html\n\n<!doctype html><html>Sign in</html>',
  'location: https://login.example/realms/master?x=1\nretry-after: 120\n\n',
  'date: Sun, 01 Mar 2026 12:00:00 GMT\nretry-after: Sun, 01 Mar 2026 12:00:10 GMT\n\n{"message":"no such host"}',
  '\n\n{"error":"x","error_description":"y","detail":[1,2,{"a":null}]}',
]

const textMutations: readonly Mutation[] = [
  /** The shape that makes a regular expression slow: the same again and again. Seldom, for it is long. */
  function repeatWithoutEnd(draft, { random }) {
    if (random(100) > 0) return
    const at = random(draft.length || 1)
    const piece = draft.copy(at, 1 + random(40))
    for (let size = draft.length; size < draft.longest && piece.length > 0; size += piece.length)
      draft.insert(at, piece)
  },
  function insertLine(draft, { random, words }) {
    draft.insert(random(draft.length + 1), Buffer.from(`\n${oneOf(random, lines)}\n`))
    if (words.length > 0) draft.insert(random(draft.length + 1), oneOf(random, words))
  },
  /** Claims of a token, encoded as they must be to be read. */
  function makeToken(draft, { random }) {
    const claims = {
      [oneOf(random, claimNames)]: oneOf(random, claimValues),
      exp: oneOf(random, claimValues),
    }
    draft.load(Buffer.from(`\x00${tokenOf(claims)}`))
  },
]

const lines = [
  '-----BEGIN CERTIFICATE-----',
  '-----END CERTIFICATE-----',
  `set a $\{b}`,
  `chain $\{a}://x`,
  ':label',
  'location: javascript:',
  'content-type: text/html',
]
const claimNames = [
  'exp',
  'iat',
  'groups',
  'realm_access',
  '__proto__',
  'sub',
  'azp',
  'iss',
  'preferred_username',
]
const claimValues = [
  0,
  1,
  -1,
  1e9,
  1e15,
  8.64e12,
  8.64e12 + 1,
  -8.64e12 - 1,
  1e300,
  null,
  'text',
  ['/a_b-Group', '_'],
  { roles: [1, 'x'] },
  true,
]
