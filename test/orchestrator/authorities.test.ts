import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { makeIdentity } from '../../src/demo/orchestrator-certificates.ts'

const program = `
  const { secureContext } = await import('./src/orchestrator/authorities.ts')
  const tls = await import('node:tls')
  const added = []
  const create = tls.default.createSecureContext
  tls.default.createSecureContext = (options) => (added.push(...options.ca), create(options))
  secureContext({ extraAuthorities: [] })
  process.stdout.write(JSON.stringify(added))
`

/** Whom a program trusts, and what it says meanwhile, with this certificate store. */
function trusted(store: { readonly SSL_CERT_DIR: string; readonly SSL_CERT_FILE: string }) {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    encoding: 'utf8',
    env: { ...process.env, ...store },
  })
  return { authorities: JSON.parse(stdout) as string[], stderr }
}

test('a machine without a certificate store trusts what comes with Node, and nothing is complained of', (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-store-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const { authorities, stderr } = trusted({
    SSL_CERT_DIR: join(directory, 'certs'),
    SSL_CERT_FILE: join(directory, 'cert.pem'),
  })
  assert.equal(stderr, '')
  assert.ok(authorities.length > 100, `${authorities.length} authorities`)
})

test('the authorities of the system’s store are trusted as well', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-store-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const { certificatePem } = await makeIdentity({ commonName: 'a company’s CA', isAuthority: true })
  const file = join(directory, 'cert.pem')
  writeFileSync(file, certificatePem)
  const { authorities } = trusted({ SSL_CERT_DIR: directory, SSL_CERT_FILE: file })
  assert.ok(authorities.some((pem) => pem.trim() === certificatePem.trim()))
})
