import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { configJsonSchema } from '../../bin/docs/config-schema.ts'
import { madeDocuments } from '../../bin/docs/documents.ts'
import { projectRoot } from '../support/imports.ts'

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
  }

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
