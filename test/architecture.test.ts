import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import {
  arrows,
  assetDoor,
  dataTables,
  heavyPackages,
  impurePackages,
  impureWords,
  longestCommandLines,
  longestFileLines,
  packageOwners,
  pureFiles,
} from './support/house-rules.ts'
import { type Import, parseSource, readSources, type SourceFile, staticClosure } from './support/imports.ts'

const sources = readSources('src/**/*.ts', 'commands/**/*.ts', 'bin/**/*.ts')
const inside = (folder: string) => sources.filter(({ file }) => file.startsWith(`${folder}/`))
const roomOf = (file: string) => file.split('/')[1] ?? ''

describe('architecture', () => {
  test('the house rules find what they forbid', () => {
    const bad = parseSource(
      'src/wire/bad.ts',
      "import { join } from 'node:path'\n// import 'node:net'\nimport type { A } from '../engine/a.ts'\nexport * from './b.ts'\nconst c = await import('node:dgram')\n",
    )
    assert.deepEqual(
      bad.imports.map(({ target, lazy, typeOnly }) => ({ target, lazy, typeOnly })),
      [
        { target: 'node:path', lazy: false, typeOnly: false },
        { target: 'src/engine/a.ts', lazy: false, typeOnly: true },
        { target: 'src/wire/b.ts', lazy: false, typeOnly: false },
        { target: 'node:dgram', lazy: true, typeOnly: false },
      ],
    )
    assert.equal(arrowProblems([bad]).length, 1)
  })

  test('every room is in the picture', () => {
    const strangers = new Set(inside('src').map(({ file }) => roomOf(file)))
    const rooms = [...strangers]
    for (const room of Object.keys(arrows)) strangers.delete(room)
    noProblems([...strangers].map((room) => `src/${room}/ has no line in test/support/house-rules.ts`))
    const picture = readFileSync('docs/architecture.md', 'utf8')
    const undrawn = rooms.filter((room) => !picture.includes(`\n  ${room}/ `))
    noProblems(undrawn.map((room) => `src/${room}/ has no line in docs/architecture.md`))
  })

  test('arrows: a room imports only the rooms it may know', () => {
    noProblems(arrowProblems(inside('src')))
  })

  test('arrows: no circles between rooms', () => {
    noProblems(circles(arrows).map((path) => `rooms in a circle: ${path.join(' → ')}`))
  })

  test('arrows: src/ knows nothing of commands/, bin/ or test/', () => {
    const problems = inside('src')
      .flatMap(({ imports }) => imports)
      .filter(({ kind, target }) => kind === 'file' && !target.startsWith('src/'))
    noProblems(problems.map(({ file, target }) => `${file} imports ${target}, which stands above it`))
  })

  test('arrows: commands do not import each other', () => {
    const problems = inside('commands')
      .filter(({ file }) => file !== 'commands/index.ts')
      .flatMap(({ imports }) => imports)
      .filter(({ target }) => target.startsWith('commands/'))
    noProblems(problems.map(({ file, target }) => `${file} imports ${target}: share through src/`))
  })

  test('pure: no sockets, files, clocks, randomness or logs', () => {
    const pure = sources.filter(({ file }) => pureFiles.some((pattern) => pattern.test(file)))
    noProblems(pure.flatMap(purityProblems))
  })

  test('packages: each is known to the room that owns it alone', () => {
    const problems = inside('src')
      .flatMap(({ imports }) => imports)
      .filter(({ file, target }) => packageOwners[target]?.includes(roomOf(file)) === false)
    noProblems(
      problems.map(
        ({ file, target }) => `${file} imports ${target}, which belongs to src/${packageOwners[target]}`,
      ),
    )
  })

  test('packages: the program and its engine start without the heavy ones', () => {
    const starts = ['bin/run.ts', 'src/cli/base-command.ts', 'src/cli/oclif.ts', 'commands/serve.ts']
    const problems = starts.flatMap((start) =>
      staticClosure(start, sources)
        .filter(({ target }) => heavyPackages.includes(target))
        .map(({ file, target }) => `${start} loads ${target} at once, through ${file}`),
    )
    noProblems(problems)
  })

  test('single binary: nothing looks for files beside its own source', () => {
    const problems = [...inside('src'), ...inside('commands')].filter(
      ({ file, code }) => file !== assetDoor && /\bimport\.meta\b|\b__(?:dir|file)name\b/.test(code),
    )
    noProblems(problems.map(({ file }) => `${file} must read through ${assetDoor}`))
  })

  test('output: only the user interface and the program write to the terminal', () => {
    const writers = /\b(?:console\.(?:log|error|warn|info)|process\.(?:stdout|stderr)\b(?!\.on\b))\b/
    // The program's end waits until both streams are written.
    const others = [...inside('src'), ...inside('commands')].filter(
      ({ file }) => file !== 'src/cli/process.ts',
    )
    const problems = others.filter(({ code }) => writers.test(code))
    noProblems(problems.map(({ file }) => `${file} writes to the terminal past the user interface`))
  })

  test(`size: commands have at most ${longestCommandLines} lines`, () => {
    const commands = inside('commands').filter(({ file }) => file !== 'commands/index.ts')
    noProblems(tooLong(commands, longestCommandLines))
  })

  test(`size: files of src/ have at most ${longestFileLines} lines`, () => {
    const files = inside('src').filter(({ file }) => !dataTables.includes(file))
    noProblems(tooLong(files, longestFileLines))
  })
})

function arrowProblems(files: readonly SourceFile[]): string[] {
  return files
    .flatMap(({ imports }) => imports)
    .filter((entry) => entry.kind === 'file' && entry.target.startsWith('src/') && !mayImport(entry))
    .map(({ file, target }) => `${file} imports ${target}: src/${roomOf(file)} may not know that room`)
}

function mayImport({ file, target, typeOnly }: Import): boolean {
  const [from, to] = [roomOf(file), roomOf(target)]
  if (from === to) return true
  const allowed = arrows[from] ?? []
  const door = target.replace(/^src\//, '').replace(/\.ts$/, '')
  return allowed.includes(to) || allowed.includes(door) || (typeOnly && allowed.includes(`${to}:types`))
}

function purityProblems({ file, code, imports }: SourceFile): string[] {
  const packages = imports.filter(({ target }) => impurePackages.test(target))
  const words = code.match(new RegExp(impureWords, 'g')) ?? []
  return [
    ...packages.map(({ target }) => `${file} is pure and imports ${target}`),
    ...words.map((word) => `${file} is pure and uses ${word}`),
  ]
}

function tooLong(files: readonly SourceFile[], most: number): string[] {
  return files
    .map(({ file, text }) => ({ file, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > most)
    .map(({ file, lines }) => `${file} has ${lines} lines`)
}

/** Circles in the table of rooms, each once; a `:types` arrow is gone at run time. */
function circles(table: Readonly<Record<string, readonly string[]>>): string[][] {
  const found: string[][] = []
  const done = new Set<string>()
  const visit = (room: string, path: readonly string[]) => {
    if (path.includes(room)) found.push([...path.slice(path.indexOf(room)), room])
    if (path.includes(room) || done.has(room)) return
    const next = (table[room] ?? []).filter((to) => !to.includes(':') && !to.includes('/'))
    for (const to of next) visit(to, [...path, room])
    done.add(room)
  }
  for (const room of Object.keys(table)) visit(room, [])
  return found
}

function noProblems(problems: readonly string[]): void {
  assert.equal(problems.length, 0, `\n  ${problems.join('\n  ')}`)
}
