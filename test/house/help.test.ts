import assert from 'node:assert/strict'
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { commandTable } from '../../commands/index.ts'
import { commonFlags, universalFlags } from '../../src/cli/flags.ts'
import { environmentTwin, flagsOf, withTwins } from '../../src/cli/twins.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { projectRoot } from '../support/imports.ts'
import { runInMemory } from '../support/program.ts'

/**
 * What `--help` prints is kept in test/golden/help, so that every change of the command line is
 * seen. `EMF_PXE_UPDATE_GOLDEN=1 npm test -- house` writes it anew, and the documents made from it.
 */
const directory = join(projectRoot, 'test', 'golden', 'help')
const update = process.env.EMF_PXE_UPDATE_GOLDEN === '1'
const names = Object.keys(commandTable)
const common = {
  ...commonFlags('config', 'state-dir', 'dry-run', 'yes', 'no-input', 'json', 'quiet'),
  ...universalFlags,
}

async function helpOf(words: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runInMemory([...words, '--help'], {
    columns: 200,
    environment: { NO_COLOR: '1' },
  })
  assert.deepEqual([exitCode, stderr], [0, ''])
  return stdout
}

describe('help', () => {
  for (const name of ['', ...names]) {
    const file = `${name === '' ? 'emf-pxe' : name.replaceAll(' ', '-')}.txt`
    test(name === '' ? 'emf-pxe' : name, async () => {
      const help = await helpOf(name.split(' ').filter(Boolean))
      for (const line of help.split('\n'))
        assert.ok(displayWidth(line) <= 80, `wider than 80 columns: ${line}`)
      if (update) writeGolden(file, help)
      assert.equal(
        help,
        readGolden(file),
        `${file} differs; EMF_PXE_UPDATE_GOLDEN=1 npm test -- house   writes it anew`,
      )
    })
  }

  test('no golden is left of a command that is gone', () => {
    const known = ['emf-pxe', ...names].map((name) => `${name.replaceAll(' ', '-')}.txt`)
    assert.deepEqual(
      globSync('*.txt', { cwd: directory }).filter((file) => !known.includes(file)),
      [],
    )
  })
})

describe('the command table', () => {
  for (const [name, entry] of Object.entries(commandTable)) {
    test(`${name}: summary, description, examples`, async () => {
      const command = await entry.load()
      assert.match(entry.summary, /^[A-Z].{8,56}[^.]$/, 'one line, at most 58 characters, no full stop')
      assert.match(command.description ?? '', /\.$/, 'a description ends with a full stop')
      assert.ok(command.examples.length > 0, 'an example helps more than a description')
      for (const example of command.examples)
        assert.match(String(example), new RegExp(`^(sudo )?emf-pxe ${name}\\b`))
    })

    test(`${name}: every flag has its twin, and is described`, async () => {
      const flags = flagsOf(await entry.load())
      const help = await helpOf(name.split(' '))
      for (const [flag, definition] of Object.entries(flags)) {
        const twin = environmentTwin(flag)
        const words = withTwins([], flags, { [twin]: definition.type === 'boolean' ? '1' : 'value' })
        assert.deepEqual(words, [definition.type === 'boolean' ? `--${flag}` : `--${flag}=value`])
        if (definition.hidden === true) continue
        assert.match(definition.description ?? '', /^[A-Z].*[.)]$/, `--${flag} needs a sentence`)
        assert.ok(help.includes(twin), `the help does not name ${twin}`)
      }
    })

    test(`${name}: flags that have a common name have the common meaning`, async () => {
      for (const [flag, definition] of Object.entries((await entry.load()).flags)) {
        if (Object.hasOwn(common, flag))
          assert.equal(definition, common[flag as keyof typeof common], `--${flag}`)
      }
    })
  }
})

function readGolden(file: string): string {
  try {
    return readFileSync(join(directory, file), 'utf8')
  } catch {
    return '(not there yet)'
  }
}

function writeGolden(file: string, text: string): void {
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, file), text)
}
