import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { boolean, string } from '@oclif/core/flags'
import { BaseCommand } from '../../src/cli/base-command.ts'
import { commonFlags } from '../../src/cli/flags.ts'
import type { StopSignal } from '../../src/cli/interrupt.ts'
import type { CommandTable } from '../../src/cli/table.ts'
import { EmfPxeError } from '../../src/errors/error.ts'
import type { ExitCode } from '../../src/errors/exit-codes.ts'
import { runInMemory } from '../support/program.ts'

/** Prints what it was given, or fails as told. */
class Probe extends BaseCommand {
  static override flags = {
    ...commonFlags('json', 'quiet', 'config', 'yes', 'no-input', 'dry-run'),
    interface: string({ multiple: true, helpValue: 'NAME' }),
    fail: string({ options: ['ours', 'foreign', 'list', 'bug', 'unhealthy'] }),
    target: string({ exclusive: ['config'] }),
  }

  async run(): Promise<ExitCode | undefined> {
    const { flags } = await this.parse(Probe)
    if (flags.fail === 'ours')
      throw new EmfPxeError('PORT_IN_USE', { message: 'UDP 67 is held by dnsmasq\x1b[31m (pid 812).' })
    if (flags.fail === 'foreign')
      throw Object.assign(new Error('no space left'), {
        code: 'ENOSPC',
        syscall: 'write',
        path: '/var/lib/x',
      })
    if (flags.fail === 'list')
      throw new EmfPxeError('CONFIG_INVALID', {
        message:
          'the file has 2 problems:\n  line 1: this goes on and on until it does not fit on one line any more\n  line 2: short',
      })
    if (flags.fail === 'bug') throw new TypeError('undefined is not a function')
    this.ui.note('a note')
    this.finish('probe', { flags }, () => 'human')
    return flags.fail === 'unhealthy' ? 3 : undefined
  }
}

/** Waits until it is interrupted. */
class Waiting extends BaseCommand {
  async run(): Promise<undefined> {
    await this.parse(Waiting)
    await new Promise(() => {})
  }
}

/** Takes back what it has done when it is told to stop; `--for-ever` never comes to an end with that. */
class Undoing extends BaseCommand {
  static override signals = 'undo' as const
  static override flags = { 'for-ever': boolean() }

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Undoing)
    if (!this.abort.aborted) await new Promise((resolve) => this.abort.addEventListener('abort', resolve))
    this.ui.note('taking back')
    // Longer than what only tidies up is given.
    await new Promise<void>((resolve) => flags['for-ever'] || setTimeout(resolve, 400))
    this.ui.note('taken back')
    throw new EmfPxeError('DEPLOY_STEP_FAILED', { message: 'a program of ours was stopped too' })
  }
}

/** Ends by itself when it is told to. */
class Serving extends Waiting {
  static override signals = 'own' as const

  override async run(): Promise<undefined> {
    await this.parse(Serving)
    this.ui.result('drained')
  }
}

const entry = (command: Awaited<ReturnType<CommandTable[string]['load']>>, summary: string) => ({
  group: 'Run' as const,
  summary,
  load: async () => command,
})
const table: CommandTable = {
  probe: entry(Probe, 'Probe'),
  waiting: entry(Waiting, 'Wait'),
  undoing: entry(Undoing, 'Undo'),
  serving: entry(Serving, 'Serve'),
  'nodes list': entry(Probe, 'List nodes'),
  'nodes register': entry(Probe, 'Register nodes'),
}
const run = (words: string, options: Parameters<typeof runInMemory>[1] = {}) =>
  runInMemory(words.split(' ').filter(Boolean), { table, ...options })

describe('the program', () => {
  test('the result goes to stdout, everything else to stderr', async () => {
    assert.deepEqual(await run('probe'), { exitCode: 0, stdout: 'human\n', stderr: 'a note\n' })
  })

  test('--quiet silences notes, not the result', async () => {
    assert.deepEqual(await run('probe --quiet'), { exitCode: 0, stdout: 'human\n', stderr: '' })
  })

  test('--json prints a document with a versioned schema', async () => {
    const { stdout } = await run('probe --json')
    assert.equal(JSON.parse(stdout).schema, 'emf-pxe/probe/1')
  })

  test('the exit code that a command returns is the exit code of the program', async () => {
    assert.equal((await run('probe --fail unhealthy')).exitCode, 3)
  })

  test('common flags have their documented defaults', async () => {
    const { flags } = JSON.parse((await run('probe --json')).stdout)
    assert.equal(flags.config, '/etc/emf-pxe/config.yaml')
  })
})

describe('errors', () => {
  test('ours: code, message, hint and where to read, on stderr; foreign text is escaped', async () => {
    const { exitCode, stdout, stderr } = await run('probe --fail ours')
    assert.equal(exitCode, 5)
    assert.equal(stdout, '')
    assert.deepEqual(stderr.split('\n').slice(0, 1), [
      '✗ PORT_IN_USE  UDP 67 is held by dnsmasq\\x1b[31m (pid 812).',
    ])
    assert.match(stderr, /→ Stop that program/)
    assert.match(stderr, /more: emf-pxe explain PORT_IN_USE/)
  })

  test('--json: the same as an object on stdout', async () => {
    const { exitCode, stdout, stderr } = await run('probe --fail ours --json')
    assert.deepEqual([exitCode, stderr], [5, ''])
    const document = JSON.parse(stdout)
    assert.equal(document.schema, 'emf-pxe/error/1')
    assert.deepEqual(Object.keys(document.error).sort(), [
      'code',
      'docs',
      'exitCode',
      'hint',
      'message',
      'title',
    ])
    assert.equal(document.error.docs, 'docs/errors.md#port_in_use')
  })

  test('foreign errors are translated', async () => {
    const { exitCode, stderr } = await run('probe --fail foreign')
    assert.equal(exitCode, 5)
    assert.match(stderr, /✗ DISK_FULL {2}\/var\/lib\/x: write failed \(ENOSPC\)/)
  })

  test('a bug is INTERNAL, with its stack only under DEBUG=emf-pxe', async () => {
    const plain = await run('probe --fail bug')
    assert.equal(plain.exitCode, 1)
    assert.match(plain.stderr, /✗ INTERNAL {2}undefined is not a function/)
    assert.doesNotMatch(plain.stderr, /program\.test\.ts/)
    const debug = await run('probe --fail bug', { environment: { DEBUG: 'other,emf-pxe' } })
    assert.match(debug.stderr, /program\.test\.ts/)
  })

  for (const [words, message, hint] of [
    ['prob', 'There is no command “prob”. Did you mean “probe”?', 'emf-pxe probe --help'],
    ['nodes lst', 'There is no command “nodes lst”. Did you mean “nodes list”?', 'emf-pxe nodes list --help'],
    ['probe --interfce eth0', 'Unknown flag: --interfce. Did you mean --interface?', 'emf-pxe probe --help'],
    ['probe extra', 'Unexpected argument: extra', 'emf-pxe probe --help'],
    [
      'probe --fail never',
      'Expected --fail=never to be one of: ours, foreign, list, bug, unhealthy',
      'emf-pxe probe --help',
    ],
    ['probe --interface', 'Flag --interface expects a value', 'emf-pxe probe --help'],
    ['--yes probe', 'A command must come before --yes.', 'emf-pxe --help'],
  ] as const) {
    test(`usage: ${words}`, async () => {
      const { exitCode, stdout } = await run(`${words} --json`)
      assert.equal(exitCode, 2)
      const { error } = JSON.parse(stdout)
      assert.deepEqual([error.code, error.message, error.hint], ['USAGE', message, hint])
    })
  }

  test('an error in the command line is shown as --json even before it is parsed', async () => {
    const { stdout } = await run('probe --nonsense', { environment: { EMF_PXE_JSON: '1' } })
    assert.equal(JSON.parse(stdout).error.code, 'USAGE')
  })
})

describe('twins in the environment', () => {
  const flagsWith = async (words: string, environment: Record<string, string>) =>
    JSON.parse((await run(`probe --json ${words}`, { environment })).stdout).flags

  for (const [name, words, environment, expected] of [
    ['a value', '', { EMF_PXE_CONFIG: '/tmp/a b.yaml' }, { config: '/tmp/a b.yaml' }],
    ['the command line wins', '--config /x', { EMF_PXE_CONFIG: '/y' }, { config: '/x' }],
    ['a list', '', { EMF_PXE_INTERFACE: 'eth0, eth1' }, { interface: ['eth0', 'eth1'] }],
    [
      'a list is replaced, not added to',
      '--interface=eth2',
      { EMF_PXE_INTERFACE: 'eth0' },
      { interface: ['eth2'] },
    ],
    ['yes', '', { EMF_PXE_DRY_RUN: 'yes' }, { 'dry-run': true }],
    ['no', '', { EMF_PXE_DRY_RUN: '0' }, { 'dry-run': false }],
    ['empty counts for nothing', '', { EMF_PXE_CONFIG: '' }, { config: '/etc/emf-pxe/config.yaml' }],
  ] as const) {
    test(name, async () => {
      const flags = await flagsWith(words, environment)
      for (const [flag, value] of Object.entries(expected)) assert.deepEqual(flags[flag] ?? false, value)
    })
  }
})

describe('how an error is laid out', () => {
  test('a list keeps its margin, and the whole width after the first line', async () => {
    const { stderr } = await run('probe --fail list --no-color', { columns: 60 })
    assert.match(
      stderr,
      /✗ CONFIG_INVALID {2}the file has 2 problems:\n {6}line 1: this goes on and on until it does not fit on\n {8}one line any more\n {6}line 2: short\n/,
    )
  })
})

describe('commands below a command', () => {
  test('an unknown one is no argument of it', async () => {
    const { exitCode, stderr } = await run('nodes lst')
    assert.equal(exitCode, 2)
    assert.match(stderr, /There is no command “nodes lst”\. Did you mean “nodes list”\?/)
  })

  test('the help of a command names those below it', async () => {
    const both: CommandTable = { ...table, nodes: entry(Probe, 'Nodes') }
    const { stdout } = await runInMemory(['nodes', '--help'], { table: both })
    assert.match(stdout, /See also\n {2}nodes list +List nodes\n {2}nodes register/)
    const unknown = await runInMemory(['nodes', 'everything'], { table: both })
    assert.match(unknown.stderr, /no command “nodes everything”[\s\S]*→ emf-pxe nodes --help/)
  })
})

describe('interruption', () => {
  test('the first signal ends a command: ABORTED, exit code 9', async () => {
    const { exitCode, stderr } = await run('waiting', {
      onStart: (interrupt) => queueMicrotask(() => interrupt('SIGINT')),
    })
    assert.equal(exitCode, 9)
    assert.match(stderr, /✗ ABORTED/)
  })

  test('one that takes back is given the time that it needs', async () => {
    const { exitCode, stderr } = await run('undoing', {
      onStart: (interrupt) => setImmediate(() => interrupt('SIGINT')),
    })
    assert.equal(exitCode, 9)
    assert.match(stderr, /taking back\ntaken back\n✗ ABORTED/)
  })

  test('a second signal ends it at once; the one of the shell beside the kernel’s is none', async () => {
    const signalled = (...signals: readonly StopSignal[]) =>
      run('undoing --for-ever', {
        onStart: (interrupt) => {
          for (const signal of signals) setImmediate(() => interrupt(signal))
        },
      })
    assert.doesNotMatch((await signalled('SIGTERM', 'SIGTERM')).stderr, /taken back/)
    const both = run('undoing', {
      onStart: (interrupt) => {
        for (let times = 0; times < 2; times++) setImmediate(() => interrupt('SIGHUP'))
      },
    })
    assert.match((await both).stderr, /taken back\n✗ TERMINAL_CLOSED/)
    assert.equal((await both).exitCode, 129)
  })

  test('a command that ends by itself is not interrupted', async () => {
    let listened = false
    const { exitCode, stdout } = await run('serving', {
      onStart: () => {
        listened = true
      },
    })
    assert.deepEqual([exitCode, stdout, listened], [0, 'drained\n', false])
  })
})

describe('help', () => {
  test('no words, --help, -h and help: the same', async () => {
    const texts = await Promise.all(
      ['', '--help', '-h', 'help'].map(async (words) => (await run(words)).stdout),
    )
    assert.match(texts[0] ?? '', /Usage\n {2}emf-pxe COMMAND/)
    assert.equal(new Set(texts).size, 1)
  })

  test('help of a command, by any spelling', async () => {
    const texts = await Promise.all(
      ['probe --help', 'help probe', 'probe -h --fail ours'].map(async (words) => (await run(words)).stdout),
    )
    assert.match(texts[0] ?? '', /--interface NAME/)
    assert.equal(new Set(texts).size, 1)
  })

  test('--help behind -- is an argument', async () => {
    assert.equal((await run('probe -- --help')).exitCode, 2)
  })

  test('a word that only begins commands lists them', async () => {
    const { exitCode, stdout } = await run('nodes')
    assert.equal(exitCode, 0)
    assert.match(stdout, /nodes list +List nodes/)
    assert.match(stdout, /nodes register +Register nodes/)
    assert.doesNotMatch(stdout, /probe/)
  })

  for (const flag of ['--version', '-V']) {
    test(`${flag} prints one line`, async () => {
      assert.match((await run(flag)).stdout, /^emf-pxe \d+\.\d+\.\d+\n$/)
    })
  }

  test('colour only on a terminal, and not with --no-color, NO_COLOR or TERM=dumb', async () => {
    const startOfColour = '\x1b['
    assert.ok((await run('--help', { columns: 80 })).stdout.includes(startOfColour))
    assert.ok(!(await run('--help')).stdout.includes(startOfColour))
    assert.ok(!(await run('--help --no-color', { columns: 80 })).stdout.includes(startOfColour))
    for (const environment of [{ NO_COLOR: '1' }, { TERM: 'dumb' }, { EMF_PXE_NO_COLOR: '1' }])
      assert.ok(!(await run('--help', { columns: 80, environment })).stdout.includes(startOfColour))
  })
})
