import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { assess } from '../../src/artifact/assess/assess.ts'
import { inspect } from '../../src/artifact/inspect/inspect.ts'
import { showReport } from '../../src/artifact/show-report.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { type SiteIdentities, signedImage, siteIdentities } from './support/images.ts'

let identities: SiteIdentities
before(async () => {
  identities = await siteIdentities()
})

describe('a boot file on a screen', () => {
  for (const columns of [80, 100, 200])
    test(`no line is wider than ${columns} columns, and nothing is left out`, () => {
      const report = inspect(signedImage(identities, { sizeBytes: 100_000 }), {
        dbCertificates: [identities.db.der],
        servedCertificate: identities.stranger.der,
      })
      const findings = assess(report, {
        architecture: 'x64',
        signature: 'required',
        fqdn: 'another.test',
        nowMs: Date.now(),
      })
      assert.notDeepEqual(findings, [])
      const shown = showReport(report, findings, createTheme({ color: false, unicode: true }), columns)
      // A fingerprint inside a sentence stays whole, to be searched for.
      for (const line of shown.split('\n'))
        assert.ok(displayWidth(line) <= columns || /^ +\S+$/.test(line), line)
      const joined = shown.replaceAll(/\s/g, '')
      for (const { code, message } of findings)
        assert.ok(joined.includes(`${message}[${code}]`.replaceAll(/\s/g, '')), code)
      assert.match(joined, /([0-9A-F]{2}:){31}[0-9A-F]{2}/)
    })
})
