import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pemCertificates } from '../../src/orchestrator/certificate.ts'

const begin = '-----BEGIN CERTIFICATE-----'
const end = '-----END CERTIFICATE-----'
const pem = (content: string) => `${begin}\n${content}\n${end}`

describe('certificates in a PEM text', () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    ['none', 'Sign in, please', []],
    ['one', `${pem('one')}\n`, [pem('one')]],
    ['several, with text around them', `a\n${pem('one')}\nb\n${pem('two')}c`, [pem('one'), pem('two')]],
    ['an end without a beginning', `${end}\n${pem('one')}`, [pem('one')]],
    ['a beginning without an end', `${pem('one')}\n${begin}\nab`, [pem('one')]],
  ]
  for (const [name, text, expected] of rows)
    test(name, () => assert.deepEqual(pemCertificates(text), expected))

  test('eight megabytes of beginnings take no longer than any text', () => {
    assert.deepEqual(pemCertificates(begin.repeat(300_000)), [])
  })
})
