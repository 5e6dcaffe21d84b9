import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { FetchResult } from '../../src/node/tftp-client.ts'
import { choose } from '../../src/probe/choose.ts'
import type { Answer } from '../../src/probe/discover.ts'
import { type NodeKindName, nodeKinds } from '../../src/probe/kinds.ts'
import type { Probe } from '../../src/probe/probe.ts'
import { probeReport } from '../../src/probe/report.ts'
import { showProbe } from '../../src/probe/show.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { answer } from './support.ts'

const schema = JSON.parse(readFileSync('docs/schemas/probe.schema.json', 'utf8'))
const valid = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true }).compile(schema)
const theme = createTheme({ color: false, unicode: true })

const site = answer('10.0.0.1', { address: '10.0.0.100' })
const direct = answer('10.0.0.2', { vendorClass: 'PXEClient', control: 8, file: 'ours.efi' })
const toAsk = answer('10.0.0.3', { vendorClass: 'PXEClient' })
const url = answer('10.0.0.4', { vendorClass: 'HTTPClient', file: 'http://10.0.0.4/x.efi' })

const sha256 = 'ab'.repeat(32)
const fetched: FetchResult = {
  ok: true,
  sizeBytes: 1_080_320,
  sha256,
  durationMs: 540.04,
  blockBytes: 1468,
  windowSize: 4,
  retries: 1,
  discardedBlocks: 0,
}
const missed = (reason: 'no-answer' | 'refused' | 'stalled' | 'protocol', code?: number): FetchResult => ({
  ok: false,
  reason,
  detail: 'it \u001b[31msaid',
  receivedBytes: 0,
  ...(code === undefined ? {} : { code }),
})

interface Case {
  readonly name: string
  readonly as: NodeKindName
  readonly answers: readonly Answer[]
  readonly bootServer?: Partial<NonNullable<Probe['bootServer']>>
  readonly result?: FetchResult | 'not asked for'
  readonly stored?: string
  readonly screenCode: string | null
  /** Words that a person must find. */
  readonly says: RegExp
}

const cases: readonly Case[] = [
  {
    name: 'all is well',
    as: 'edk2-x64',
    answers: [site, direct],
    result: fetched,
    stored: sha256,

    screenCode: null,
    says: /firmware takes 10\.0\.0\.2\n.*\n.*ours\.efi comes from [\s\S]*the file stored here/,
  },
  {
    name: 'another file',
    as: 'edk2-x64',
    answers: [site, direct],
    result: fetched,

    stored: 'cd'.repeat(32),
    screenCode: null,
    says: /is not the file stored here[\s\S]*cdcd[\s\S]*→ emf-pxe/,
  },
  {
    name: 'not fetched',
    as: 'ipxe',
    answers: [site, direct],
    result: 'not asked for',
    screenCode: null,
    says: /iPXE takes 10\.0\.0\.2[\s\S]*was not fetched/,
  },
  {
    name: 'nobody answers',
    as: 'edk2-x64',
    answers: [],
    screenCode: 'PXE-E16',
    says: /nobody answers on eth1: firmware stops with PXE-E16[\s\S]*VLAN[\s\S]*→ emf-pxe explain PXE-E16/,
  },
  {
    name: 'nobody answers a BIOS',
    as: 'bios',
    answers: [],
    screenCode: 'PXE-E51',
    says: /→ emf-pxe explain PXE-E51/,
  },
  {
    name: 'a BIOS without an address',
    as: 'bios',
    answers: [toAsk],
    screenCode: 'PXE-E52',
    says: /firmware stops with PXE-E52\n.*no DHCP server offered an address/,
  },
  {
    name: 'a BIOS without a file',
    as: 'bios',
    answers: [site],
    screenCode: 'PXE-E53',
    says: /firmware stops with PXE-E53/,
  },
  {
    name: 'iPXE alone',
    as: 'ipxe',
    answers: [site],
    screenCode: null,
    says: /finds nothing to boot\n.*“Nothing to boot”/,
  },
  {
    name: 'a boot server that is silent',
    as: 'edk2-x64',
    answers: [site, toAsk],
    screenCode: 'PXE-E18',

    bootServer: { answered: false },
    says: /10\.0\.0\.3 is silent: firmware stops with PXE-E18\n.*UDP 4011/,
  },
  {
    name: 'a boot server that is silent to a BIOS',
    as: 'bios',
    answers: [site, toAsk],
    bootServer: { answered: false },
    screenCode: 'PXE-E55',
    says: /explain PXE-E55/,
  },
  {
    name: 'a boot server without a file',
    as: 'edk2-x64',
    answers: [site, toAsk],
    screenCode: 'PXE-E16',
    bootServer: { answered: true, afterMs: 3 },
    says: /names no file: firmware stops with PXE-E16/,
  },
  {
    name: 'a boot server with one',
    as: 'edk2-x64',
    answers: [site, toAsk],
    result: fetched,
    bootServer: { answered: true, afterMs: 3, file: 'asked.efi' },
    screenCode: null,
    says: /names a file\n.*asked\.efi, after 3 ms/,
  },
  {
    name: 'a file that is refused',
    as: 'edk2-x64',
    answers: [site, direct],
    result: missed('refused', 1),
    screenCode: 'PXE-E23',
    says: /does not come from[\s\S]*refused it: “it .*said” \(TFTP error 1\)/,
  },
  {
    name: 'a silent TFTP server',
    as: 'edk2-x64',
    answers: [site, direct],
    result: missed('no-answer'),
    screenCode: 'PXE-E18',
    says: /nothing came back[\s\S]*firewall[\s\S]*explain PXE-E18/,
  },
  {
    name: 'a transfer that stops, on a BIOS',
    as: 'bios',
    answers: [site, direct],
    result: missed('stalled'),
    screenCode: 'PXE-E35',
    says: /stopped after 0 bytes/,
  },
  {
    name: 'an HTTP server that refuses',
    as: 'http-x64',
    answers: [site, url],
    result: missed('refused'),
    screenCode: null,
    says: /HTTP boot, URL named[\s\S]*http:\/\/10\.0\.0\.4\/x\.efi does not come/,
  },
]

function probed({ as, answers, bootServer, result }: Case): Probe {
  const choice = choose(nodeKinds[as], answers)
  const offered = choice.kind === 'fetch' ? choice.file : undefined
  const name = bootServer?.file ?? offered
  const server = choice.kind === 'none' ? '' : choice.server
  const asked = {
    server,
    port: 4011,
    afterMs: undefined,
    file: undefined,
    fileServer: server,
    answered: true,
  }
  return {
    answers,
    choice,
    bootServer: bootServer === undefined ? undefined : { ...asked, ...bootServer },
    file:
      name === undefined
        ? undefined
        : { server, name, result: result === 'not asked for' ? undefined : result },
  }
}

describe('what a probe found', () => {
  for (const row of cases)
    test(row.name, () => {
      const asked = { as: row.as, interface: 'eth1', mac: '02:65:6d:00:00:01' }
      const report = probeReport(asked, probed(row), row.stored)
      assert.ok(valid({ schema: 'emf-pxe/probe/1', ...report }), JSON.stringify(valid.errors))
      const codes = [report.choice, report.bootServer, report.file].map((step) => step?.screenCode ?? null)
      assert.equal(codes.find((code) => code !== null) ?? null, row.screenCode)

      const shown = showProbe(report, theme, 80)
      assert.match(shown, row.says)
      assert.ok(!shown.includes('\u001b'), 'what the network said is escaped')
      for (const line of shown.split('\n')) assert.ok(line.length <= 80, line)
      if (/✗/.test(shown)) assert.match(shown, / → |“Nothing to boot”|does not come/)
    })

  test('the schema refuses what it does not know', () => {
    const asked = { as: 'bios', interface: 'eth1', mac: '02:65:6d:00:00:01' } as const
    const report = { schema: 'emf-pxe/probe/1', ...probeReport(asked, nothing, undefined) }
    assert.ok(valid(report), JSON.stringify(valid.errors))
    assert.ok(!valid({ ...report, as: 'toaster' }))
    assert.ok(!valid({ ...report, extra: 1 }))
    assert.ok(!valid({ ...report, choice: { ...report.choice, screenCode: 'E18' } }))
  })
})

const nothing: Probe = {
  answers: [],
  choice: choose(nodeKinds.bios, []),
  bootServer: undefined,
  file: undefined,
}
