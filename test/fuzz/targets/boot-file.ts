import assert from 'node:assert/strict'
import { assess } from '../../../src/artifact/assess/assess.ts'
import { inspect } from '../../../src/artifact/inspect/inspect.ts'
import { showReport } from '../../../src/artifact/show-report.ts'
import { createTheme } from '../../../src/ui/theme.ts'
import { fqdn, ipxeImage, signedImage, siteIdentities } from '../../artifact/support/images.ts'
import type { Mutation } from '../mutations.ts'
import { oneOf } from '../random.ts'
import type { FuzzTarget } from '../target.ts'

const theme = createTheme({ color: false, unicode: true })

/** Keys are made anew each time: with the same seed the inputs are alike, not the same. */
export async function open(): Promise<FuzzTarget> {
  const identities = await siteIdentities()
  const context = { dbCertificates: [identities.db.der], servedCertificate: identities.endpoint.der }
  const unsigned = ipxeImage(identities.endpoint, { sizeBytes: 8_192 })
  const signed = signedImage(identities, { sizeBytes: 8_192 })
  const digest = inspect(signed).authenticode?.digests.sha256
  return {
    feeds:
      'a boot file to the inspector (PE, Authenticode, iPXE’s certificates and script), its report to the judge and to the screen',
    holds: [
      'a report, never an exception, that is JSON and has no control character on a screen',
      'a signature is valid only when no byte that it covers was changed',
      'work in proportion to the file',
    ],
    longestBytes: 24_576,
    seeds: [unsigned, signed, ...foreign],
    mutations: headerMutations,
    mostWork: (bytes) => 200_000 + 200 * bytes,
    run: (bytes) => {
      const report = inspect(bytes, context)
      if (report.sizeBytes !== bytes.length) assert.fail(`${report.sizeBytes} bytes`)
      JSON.stringify(report)
      const signatures = report.authenticode?.signatures ?? []
      if (
        signatures.some(({ status }) => status === 'valid') &&
        report.authenticode?.digests.sha256 !== digest
      )
        assert.fail('a valid signature over other bytes')
      for (const architecture of ['x64', 'bios'] as const) {
        const findings = assess(report, { architecture, signature: 'required', fqdn, nowMs: 0 })
        const screen = showReport(report, findings, theme)
        if (/\p{Cc}/u.test(screen.replaceAll('\n', '')))
          assert.fail(`a control character in ${JSON.stringify(screen)}`)
      }
    },
  }
}

/** What people and portals hand out in its place. */
const foreign = [
  '<!doctype html><html><head><title>Sign in</title></head></html>',
  '<?xml version="1.0"?><!-- portal --><html>',
  '{"message":"not found"}',
  '\x1f\x8b\x08',
  `#!ipxe\nset base https://edge.test/tink-stack\nchain --autofree $\{base}/boot.ipxe || shell\n`,
].map((text) => Buffer.from(text, 'latin1'))

/** Where the headers are, and the certificate table behind the image. */
const headerMutations: readonly Mutation[] = [
  function changeHeader(draft, { random }) {
    draft.set(random(Math.min(draft.length, 0x200) || 1), oneOf(random, [0, 1, 2, 16, 127, 128, 254, 255]))
  },
  function changeHeaderNumber(draft, { random }) {
    const at = 4 * random(128)
    const value = oneOf(random, [
      0,
      1,
      draft.length - 1,
      draft.length,
      draft.length + 1,
      0x7fff_ffff,
      0xffff_ffff,
    ])
    draft.overwrite(at, Uint8Array.of(value, value >> 8, value >> 16, value >> 24))
  },
  function changeEnd(draft, { random }) {
    draft.set(draft.length - 1 - random(Math.min(draft.length, 2_000) || 1), random(256))
  },
]
