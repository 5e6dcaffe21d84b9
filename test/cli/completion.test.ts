import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { commandTable } from '../../commands/index.ts'
import {
  type CompletableCommand,
  completionScript,
  describeCommands,
  shells,
} from '../../src/cli/completion/completion.ts'
import { missing } from '../support/needs.ts'

/** Real shells are asked what they would offer. */
const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-completion-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const flag = (name: string, details: Partial<CompletableCommand['flags'][number]> = {}) => ({
  name,
  description: "It's “quoted”: [x]",
  takesValue: false,
  values: [],
  isPath: false,
  ...details,
})
const commands: readonly CompletableCommand[] = [
  {
    name: 'serve',
    summary: "Serve: it's [fine]",
    words: [],
    flags: [
      flag('json'),
      flag('config', { takesValue: true, isPath: true }),
      flag('target', { takesValue: true, values: ['systemd', 'docker'] }),
    ],
  },
  { name: 'shell', summary: 'Choose', words: ['bash', 'zsh'], flags: [] },
  { name: 'nodes list', summary: 'List nodes', words: [], flags: [flag('all')] },
  { name: 'nodes register', summary: 'Register', words: [], flags: [] },
  { name: 'keys', summary: 'List keys', words: [], flags: [flag('all')] },
  { name: 'keys add', summary: 'Add', words: [], flags: [flag('force')] },
]
const scripts = Object.fromEntries(
  shells.map((shell) => {
    const path = join(directory, `emf-pxe.${shell}`)
    writeFileSync(path, completionScript(shell, commands))
    return [shell, path]
  }),
)

describe('bash', { skip: missing('bash:bash') }, () => {
  /** What bash offers when Tab is pressed at the end of `line`. */
  const offers = (line: string) => {
    const words = line.split(' ')
    const ask = `source ${scripts.bash}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _emf_pxe; printf '%s\\n' "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', ask], { encoding: 'utf8', cwd: directory }).trim().split('\n')
  }
  for (const [line, expected] of [
    ['emf-pxe ', ['serve', 'shell', 'nodes', 'keys', 'help']],
    ['emf-pxe s', ['serve', 'shell']],
    ['emf-pxe nodes ', ['list', 'register']],
    ['emf-pxe nodes list --', ['--all', '--help']],
    ['emf-pxe serve --', ['--json', '--config', '--target', '--help']],
    ['emf-pxe serve --target ', ['systemd', 'docker']],
    ['emf-pxe serve --config emf-pxe.b', ['emf-pxe.bash']],
    ['emf-pxe shell b', ['bash']],
    ['emf-pxe keys ', ['add', '--all', '--help']],
    ['emf-pxe keys --a', ['--all']],
    ['emf-pxe keys --all --h', ['--help']],
    ['emf-pxe keys add --', ['--force', '--help']],
  ] as const) {
    test(`"${line}"`, () => {
      assert.deepEqual(offers(line), expected)
    })
  }
})

describe('fish', { skip: missing('fish:fish') }, () => {
  const offers = (line: string) => {
    const text = execFileSync(
      'fish',
      ['--no-config', '-c', `source ${scripts.fish}; complete -C '${line}'`],
      {
        encoding: 'utf8',
        cwd: directory,
        env: { ...process.env, HOME: directory },
      },
    )
    return text
      .trim()
      .split('\n')
      .map((entry) => entry.split('\t')[0])
      .sort()
  }
  for (const [line, expected] of [
    ['emf-pxe ', ['keys', 'nodes', 'serve', 'shell']],
    ['emf-pxe nodes ', ['list', 'register']],
    ['emf-pxe nodes list --', ['--all']],
    ['emf-pxe serve --', ['--config', '--json', '--target']],
    ['emf-pxe serve --target ', ['docker', 'systemd']],
    ['emf-pxe serve --config emf-pxe.f', ['emf-pxe.fish']],
    ['emf-pxe shell ', ['bash', 'zsh']],
  ] as const) {
    test(`"${line}"`, () => {
      assert.deepEqual(offers(line), expected)
    })
  }
})

describe('zsh', { skip: missing('zsh:zsh') }, () => {
  /** compadd and _arguments are replaced by functions that print what they are given. */
  const offers = (line: string) => {
    const words = line.split(' ')
    const ask = [
      `function _describe { print -rl "\${(@P)2}" }`,
      'function compadd { print -rl -- "$@" }',
      'function _arguments { print -rl -- "$@" }',
      `words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}`,
      `source ${scripts.zsh}`,
    ].join('\n')
    return execFileSync('zsh', ['-f', '-c', ask], { encoding: 'utf8' }).trim().split('\n')
  }
  for (const [line, expected] of [
    ['emf-pxe ', ["serve:Serve: it's [fine]", 'shell:Choose', 'nodes:nodes …', 'keys:List keys']],
    ['emf-pxe keys ', ['add']],
    ['emf-pxe keys --a', ["--all[It's “quoted”\\: \\[x\\]]"]],
    ['emf-pxe keys add --', ["--force[It's “quoted”\\: \\[x\\]]"]],
    ['emf-pxe nodes ', ['list', 'register']],
    ['emf-pxe nodes list ', ["--all[It's “quoted”\\: \\[x\\]]"]],
    ['emf-pxe shell ', ['1:argument:(bash zsh)']],
  ] as const) {
    test(`"${line}"`, () => {
      assert.deepEqual(offers(line), expected)
    })
  }
})

describe('the real table', () => {
  test('explain offers the codes that it knows', async () => {
    const explain = (await describeCommands(commandTable)).find(({ name }) => name === 'explain')
    for (const code of ['PXE-E18', 'CONFIG_INVALID']) assert.ok(explain?.words.includes(code), code)
  })

  test('every command and every flag is in every script', async () => {
    const real = await describeCommands(commandTable)
    for (const shell of shells) {
      const script = completionScript(shell, real)
      for (const { name, flags } of real) {
        for (const word of name.split(' ')) assert.ok(script.includes(word), `${shell}: ${word}`)
        for (const { name: flagName } of flags) assert.ok(script.includes(flagName), `${shell}: ${flagName}`)
      }
    }
  })

  for (const shell of shells) {
    test(`${shell} can read it`, { skip: missing(`${shell}:${shell}`) }, async () => {
      const path = join(directory, `real.${shell}`)
      writeFileSync(path, completionScript(shell, await describeCommands(commandTable)))
      execFileSync(shell, ['-n', path])
    })
  }
})
