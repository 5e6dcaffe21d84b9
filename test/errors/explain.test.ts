import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { formatExplanation } from '../../src/cli/explanation.ts'
import {
  documentedChecks,
  explainableCodes,
  explainCheck,
  explainCode,
  sectionOf,
} from '../../src/errors/explain.ts'
import { pxeCodes } from '../../src/errors/pxe-codes.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { runInMemory } from '../support/program.ts'

const document = '# Errors\n\n## USAGE\n\nWhat it is.\n\nWhat to try.\n\n## USAGE_OTHER\n\nAnother.\n'

test('a long title goes on beside its code', () => {
  const text = formatExplanation(
    { kind: 'ours', code: 'DISK_FULL', title: 'The disk is full', exitCode: 5, hint: 'df -h', text: '' },
    createTheme({ color: false, unicode: true }),
    30,
  )
  assert.equal(text, 'DISK_FULL  The disk is full\n           (exit code 5)\n\n→ df -h')
})

describe('explaining codes', () => {
  for (const typed of [
    'PXE-E18',
    'pxe-e18',
    'E18',
    'e18',
    'PXE-E18:',
    ' E18 ',
    'PXEE18',
    'pxe_e18',
    'PXE E18',
  ]) {
    test(`"${typed}" is PXE-E18`, () => {
      assert.equal(explainCode(typed, '')?.code, 'PXE-E18')
    })
  }
  for (const typed of ['USAGE', 'usage', 'CONFIG-INVALID', 'config_invalid']) {
    test(`"${typed}" is ours`, () => {
      assert.equal(explainCode(typed, document)?.kind, 'ours')
    })
  }
  for (const typed of ['', 'E9', 'PXE-', 'constructor', '__proto__', 'PXE-toString']) {
    test(`"${typed}" is unknown`, () => {
      assert.equal(explainCode(typed, document), undefined)
    })
  }

  test('a section ends where the next one begins', () => {
    assert.equal(sectionOf('USAGE', document), 'What it is.\n\nWhat to try.')
  })

  test('every firmware code has a meaning and a remedy, and its number', () => {
    for (const [code, { uefi, bios, remedies }] of Object.entries(pxeCodes)) {
      assert.match(code, /^E[0-9A-F]{2}$/)
      assert.ok((uefi ?? bios ?? '').endsWith('.'), `${code} has no sentence`)
      assert.ok(remedies.length > 0, `${code} has no remedy`)
    }
  })

  test('the codes that UEFI firmware prints are all there', () => {
    const printed = ['E05', 'E07', 'E09', 'E12', 'E16', 'E18', 'E21', 'E22', 'E23', 'E53', 'E98', 'E99']
    assert.deepEqual(
      Object.keys(pxeCodes).filter((code) => pxeCodes[code]?.uefi !== undefined),
      printed,
    )
  })
})

describe('emf-pxe explain', () => {
  test('every code prints something that fits 80 columns', async () => {
    for (const code of explainableCodes()) {
      const { exitCode, stdout } = await runInMemory(['explain', code])
      assert.equal(exitCode, 0, code)
      const long = stdout
        .split('\n')
        .find((line) => line.length > 80 && !line.includes('  ') && line.includes(' '))
      assert.equal(long, undefined, `${code}: ${long}`)
    }
  })

  test('an unknown code is a usage error that names the nearest', async () => {
    const { exitCode, stderr } = await runInMemory(['explain', 'CONFIG_INVALD'])
    assert.equal(exitCode, 2)
    assert.match(stderr, /Did you mean CONFIG_INVALID\?/)
  })

  test('--json has the meaning and the remedies', async () => {
    const { stdout } = await runInMemory(['explain', 'e55', '--json'])
    const { schema, code, kind, remedies } = JSON.parse(stdout)
    assert.deepEqual([schema, code, kind], ['emf-pxe/explanation/1', 'PXE-E55', 'firmware'])
    assert.ok(remedies.every((remedy: { text: string }) => remedy.text !== ''))
  })
})

describe('explaining checks and diagnoses', () => {
  const text = readFileSync('docs/checks.md', 'utf8')
  test('a check, as its id is typed', () => {
    const explanation = explainCheck('PORT_DHCP', text)
    assert.equal(explanation?.kind, 'check')
    assert.match(explanation?.kind === 'check' ? explanation.text : '', /^UDP 67/)
  })
  test('a diagnosis', () => assert.equal(explainCheck('spanning-tree', text)?.kind, 'diagnosis'))
  test('nothing else', () => assert.equal(explainCheck('this machine', text), undefined))
  test('each has words, and none of the next one', () => {
    for (const code of documentedChecks(text)) {
      const explanation = explainCheck(code, text)
      const words = explanation !== undefined && 'text' in explanation ? explanation.text : ''
      assert.ok(words.length > 30 && !words.includes('###'), code)
    }
  })
  test('the command explains them', async () => {
    const { exitCode, stdout } = await runInMemory(['explain', 'dhcp-dns'])
    assert.equal(exitCode, 0)
    assert.match(stdout, /dhcp-dns {2}a check of emf-pxe status/)
    assert.match(stdout, /emf-pxe status --only dhcp-dns\n$/)
  })
})
