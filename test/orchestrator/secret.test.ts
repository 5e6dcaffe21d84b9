import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { redact, Secret } from '../../src/orchestrator/secret.ts'

const value = 'hunter2 & "friends"'
const secret = new Secret(value)

suite('a secret', () => {
  const printed: readonly (readonly [string, string])[] = [
    ['template', `${secret}`],
    ['string', String(secret)],
    ['concatenation', `${'x'}${secret}`],
    ['JSON', JSON.stringify({ secret, list: [secret] })],
    ['inspect', inspect({ deep: { secret } }, { showHidden: true, depth: 9 })],
    ['error with it as cause', inspect(new Error('failed', { cause: secret }))],
    ['keys', inspect(Object.entries(secret))],
    ['clone of its fields', JSON.stringify({ ...secret })],
  ]
  for (const [name, text] of printed)
    test(`printed as ${name} stays secret`, () => assert.doesNotMatch(text, /hunter2|friends/))

  test('is revealed on purpose only', () => assert.equal(secret.reveal(), value))
})

suite('redaction', () => {
  const forms: readonly (readonly [string, string])[] = [
    ['plain', `password=${value}.`],
    ['JSON', JSON.stringify({ password: value })],
    ['form', new URLSearchParams({ password: value }).toString()],
    ['URL', `https://example.com/?p=${encodeURIComponent(value)}`],
    ['base64', Buffer.from(value).toString('base64')],
    ['base64url', Buffer.from(value).toString('base64url')],
  ]
  for (const [name, text] of forms)
    test(`takes it out of ${name}`, () => {
      const clean = redact(text, [secret])
      assert.doesNotMatch(clean, /hunter2|friends|aHVudGVyMi/)
      assert.match(clean, /\[secret\]/)
    })

  const unknown: readonly (readonly [string, string, string])[] = [
    ['any JSON Web Token', 'token eyJhbGciOiJI.eyJzdWIi-_0.c2ln end', 'token [secret] end'],
    ['a token whose signature is cut off', 'eyJhbGciOiJI.eyJzdWIi', '[secret]'],
    ['Authorization', 'authorization: Bearer abc.def', 'authorization: Bearer [secret]'],
    ['Basic', 'Proxy-Authorization: basic dTpw==', 'Proxy-Authorization: basic [secret]'],
    ['a password in a URL', 'HTTPS_PROXY=http://u:p@proxy:3128', 'HTTPS_PROXY=http://[secret]@proxy:3128'],
  ]
  for (const [name, text, wanted] of unknown)
    test(`${name} goes without being told`, () => assert.equal(redact(text), wanted))

  test('whatever the secret is, none of it is left', () => {
    const hidden = fc.string({ minLength: 12, maxLength: 40 }).filter((text) => !'[secret]'.includes(text))
    fc.assert(
      fc.property(hidden, fc.string(), (text, around) => {
        const log = `${around}${text} ${JSON.stringify({ text })} ${encodeURIComponent(text)}`
        const clean = redact(log, [new Secret(text)])
        assert.ok(!clean.includes(text))
      }),
      { seed: 20260703, numRuns: 1000 },
    )
  })

  test('half a surrogate pair', () => {
    const odd = 'pass\ud800word'
    assert.equal(redact(`x ${odd} y`, [new Secret(odd)]), 'x [secret] y')
  })

  test('other text stays', () => {
    const text = 'GET https://edge.example.com/tink-stack/boot.ipxe 200, eyJ is how tokens begin'
    assert.equal(redact(text, [new Secret('abc')]), text)
  })
})
