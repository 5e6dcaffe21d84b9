import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { configJsonSchema } from '../../bin/docs/config-schema.ts'
import { madeDocuments } from '../../bin/docs/documents.ts'
import { commandTable } from '../../commands/index.ts'
import { flagsOf } from '../../src/cli/twins.ts'
import { catalog } from '../../src/errors/catalog.ts'
import { pxeCodes } from '../../src/errors/pxe-codes.ts'
import { projectRoot } from '../support/imports.ts'

/** Commands of the first release: documents may name them before they are there. */
const announced: readonly string[] = [
  'init',
  'fetch',
  'inspect',
  'rollback',
  'nodes',
  'status',
  'probe',
  'watch',
  'render',
  'upgrade',
  'uninstall',
  'hints',
  'demo',
].filter((name) => !Object.keys(commandTable).some((known) => known.split(' ')[0] === name))

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8')
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: projectRoot }).sort()

describe('documents that are made from code', () => {
  for (const path of ['docs/config.md', 'docs/config.schema.json', 'docs/commands.md']) {
    test(`${path} is current`, async () => {
      const made = (await madeDocuments())[path]
      if (process.env.EMF_PXE_UPDATE_GOLDEN === '1') writeFileSync(join(projectRoot, path), made ?? '')
      const isCurrent = existsSync(join(projectRoot, path)) && read(path) === made
      assert.ok(isCurrent, 'EMF_PXE_UPDATE_GOLDEN=1 npm test -- house   writes it anew')
    })
  }
})

describe('the published JSON Schema', () => {
  const validate = new Ajv2020({ strict: true, formats: { uri: true, ipv4: true } }).compile(
    configJsonSchema(),
  )
  const least = { interfaces: [{ name: 'eth1' }] }

  for (const [name, config, valid] of [
    ['the least', least, true],
    [
      'a full one',
      { ...least, version: 1, tftp: { dataPorts: '40000-40099' }, allow: { ouis: ['52:54:00'] } },
      true,
    ],
    ['no interface', { interfaces: [] }, false],
    ['a misspelt field', { ...least, orchestratr: {} }, false],
    ['a port out of range', { ...least, ports: { tftp: 65536 } }, false],
  ] as const) {
    test(`${name} is ${valid ? 'valid' : 'not valid'}`, () => {
      assert.equal(validate(config), valid)
    })
  }
})

describe('what documents promise', () => {
  for (const path of documents) {
    test(`${path}: its links lead somewhere`, () => {
      assert.deepEqual(brokenLinks(path), [])
    })

    test(`${path}: its commands and flags exist`, async () => {
      assert.deepEqual(await unknownWords(codeOf(read(path))), [])
    })
  }

  test('hints and remedies name commands and flags that exist', async () => {
    const hints = Object.values(catalog).map(({ hint }) => hint)
    const remedies = Object.values(pxeCodes).flatMap((code) =>
      code.remedies.map(({ command }) => command ?? ''),
    )
    assert.deepEqual(await unknownWords([...hints, ...remedies]), [])
  })

  test('npm scripts that documents name exist', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = documents.flatMap((path) =>
      [...read(path).matchAll(/npm run ([\w:-]+)/g)].map(([, script]) => script ?? ''),
    )
    assert.deepEqual(
      named.filter((script) => !Object.hasOwn(scripts, script)),
      [],
    )
  })
})

/** Relative links of a document whose file or heading is not there. */
function brokenLinks(path: string): string[] {
  const withoutCode = read(path).replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '')
  const links = [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link ?? '')
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(path, link))
}

function leadsSomewhere(path: string, link: string): boolean {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path : normalize(join(dirname(path), file))
  if (!existsSync(join(projectRoot, target))) return false
  return anchor === undefined || anchorsOf(read(target)).includes(anchor)
}

function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )
}

/** Lines of fenced code and inline code. */
function codeOf(markdown: string): string[] {
  const fenced = [...markdown.matchAll(/```(?!text)\w*\n([\s\S]*?)```/g)].flatMap(([, code]) =>
    (code ?? '').split('\n'),
  )
  const inline = [...markdown.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`([^`\n]+)`/g)].map(
    ([, code]) => code ?? '',
  )
  return [...fenced, ...inline]
}

/** `emf-pxe WORDS --flag`: the words must begin a command, and the command must have the flags. */
async function unknownWords(lines: readonly string[]): Promise<string[]> {
  const unknown: string[] = []
  for (const line of lines) {
    const call = /^(?:\$ |sudo )*emf-pxe ((?:[a-z][\w-]*)(?: [a-z][\w-]*)?)?(.*)$/.exec(line.trim())
    if (call === null) continue
    const words = (call[1] ?? '').split(' ').filter((word) => word !== '' && word !== 'help')
    const name = [words.join(' '), words[0] ?? ''].find((candidate) => Object.hasOwn(commandTable, candidate))
    const entry = name === undefined ? undefined : commandTable[name]
    if (entry === undefined) {
      const isTopic = Object.keys(commandTable).some((known) => known.startsWith(`${words[0]} `))
      const isKnown = isTopic || announced.includes(words[0] ?? '')
      if (words.length > 0 && !isKnown) unknown.push(line.trim())
      continue
    }
    const flags = flagsOf(await entry.load())
    const named = [...(call[2] ?? '').matchAll(/(?<=\s)--([a-z][\w-]*)/g)].map(([, flag]) => flag ?? '')
    if (named.some((flag) => flag !== 'help' && !Object.hasOwn(flags, flag))) unknown.push(line.trim())
  }
  return unknown
}
