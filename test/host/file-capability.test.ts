import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { grantPortCapability, portCapability } from '../../src/host/file-capability.ts'
import { missing } from '../support/needs.ts'

test('the attribute is what the kernel reads as cap_net_bind_service=ep', () => {
  assert.equal(portCapability().toString('hex'), '0100000200040000000000000000000000000000')
})

test('getcap reads what was granted', { skip: missing('root', 'getcap:libcap2-bin') }, (t) => {
  const directory = mkdtempSync('/var/tmp/emf-pxe-capability-')
  t.after(() => rmSync(directory, { recursive: true }))
  const file = join(directory, 'program')
  copyFileSync('/bin/true', file)
  grantPortCapability(file)
  assert.equal(execFileSync('getcap', [file], { encoding: 'utf8' }), `${file} cap_net_bind_service=ep\n`)
})

test('a file that is not there is named', () => {
  assert.throws(() => grantPortCapability('/nonexistent/emf-pxe'), {
    code: 'PORT_NOT_PERMITTED',
    message: /\/nonexistent\/emf-pxe .*ENOENT/,
  })
})
