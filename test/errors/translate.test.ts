import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { EmfPxeError } from '../../src/errors/error.ts'
import { translateError } from '../../src/errors/translate.ts'

/** An error as Node makes them for failed system calls. */
function systemError(code: string, details: object): Error {
  return Object.assign(new Error(`${code}: as Node says it`), { code, ...details })
}

describe('system errors become ours', () => {
  for (const [name, error, code, message] of [
    [
      'disk full',
      systemError('ENOSPC', { syscall: 'write', path: '/var/lib/a' }),
      'DISK_FULL',
      '/var/lib/a: write failed (ENOSPC)',
    ],
    ['quota', systemError('EDQUOT', { syscall: 'write' }), 'DISK_FULL', 'EDQUOT: as Node says it'],
    [
      'read-only',
      systemError('EROFS', { syscall: 'open', path: '/x' }),
      'DISK_READ_ONLY',
      '/x: open failed (EROFS)',
    ],
    [
      'port in use',
      systemError('EADDRINUSE', { syscall: 'bind', address: '0.0.0.0', port: 67 }),
      'PORT_IN_USE',
      '0.0.0.0:67: bind failed (EADDRINUSE)',
    ],
    [
      'low port',
      systemError('EACCES', { syscall: 'bind', address: '0.0.0.0', port: 67 }),
      'PORT_NOT_PERMITTED',
      '0.0.0.0:67: bind failed (EACCES)',
    ],
    [
      'file of another user',
      systemError('EACCES', { syscall: 'open', path: '/etc/x' }),
      'PERMISSION_DENIED',
      '/etc/x: open failed (EACCES)',
    ],
    [
      'missing file',
      systemError('ENOENT', { syscall: 'open', path: '/nope' }),
      'FILE_MISSING',
      '/nope: there is no such file or directory (open, ENOENT)',
    ],
    [
      'missing program',
      systemError('ENOENT', { syscall: 'spawn docker', path: 'docker' }),
      'PROGRAM_MISSING',
      'docker: spawn failed (ENOENT)',
    ],
    [
      'address of another machine',
      systemError('EADDRNOTAVAIL', { syscall: 'bind', address: '10.9.9.9' }),
      'ADDRESS_NOT_LOCAL',
      '10.9.9.9: bind failed (EADDRNOTAVAIL)',
    ],
    [
      'unknown name',
      systemError('ENOTFOUND', { syscall: 'getaddrinfo', hostname: 'edge.lab.test' }),
      'NETWORK_FAILED',
      'edge.lab.test: getaddrinfo failed (ENOTFOUND)',
    ],
    [
      'too many files',
      systemError('EMFILE', { syscall: 'open', path: '/x' }),
      'TOO_MANY_OPEN_FILES',
      '/x: open failed (EMFILE)',
    ],
    [
      'a closed terminal',
      Object.assign(new Error('setRawMode EIO'), { code: 'EIO', syscall: 'setRawMode' }),
      'TERMINAL_CLOSED',
      'setRawMode EIO',
    ],
  ] as const) {
    test(name, () => {
      const translated = translateError(error)
      assert.deepEqual([translated.code, translated.message], [code, message])
      assert.equal(translated.cause, error)
    })
  }
})

describe('the chain of causes', () => {
  const ours = new EmfPxeError('CONFIG_MISSING', { message: 'no file' })

  test('ours comes back as it is', () => {
    assert.equal(translateError(ours), ours)
  })

  test('ours is found below wrappers', () => {
    assert.equal(translateError(new Error('outer', { cause: new Error('inner', { cause: ours }) })), ours)
  })

  test('a known error is found in an AggregateError (all addresses of a name refused)', () => {
    const refused = systemError('ECONNREFUSED', { syscall: 'connect', address: '10.0.0.1', port: 443 })
    const translated = translateError(new TypeError('fetch failed', { cause: new AggregateError([refused]) }))
    assert.deepEqual(
      [translated.code, translated.message],
      ['NETWORK_FAILED', '10.0.0.1:443: connect failed (ECONNREFUSED)'],
    )
  })

  test('a circle of causes ends', () => {
    const first = new Error('first')
    first.cause = new Error('second', { cause: first })
    assert.equal(translateError(first).code, 'INTERNAL')
  })
})

describe('people and command lines', () => {
  for (const name of ['ExitPromptError', 'AbortPromptError', 'CancelPromptError', 'AbortError']) {
    test(`${name} is ABORTED`, () => {
      assert.equal(translateError(Object.assign(new Error('x'), { name })).code, 'ABORTED')
    })
  }

  test('oclif’s colours and boiler-plate are taken off', () => {
    const error = Object.assign(
      new Error('Nonexistent flag: \x1b[2m--x\x1b[22m\nSee more help with --help'),
      {
        oclif: { exit: 2 },
      },
    )
    const translated = translateError(error)
    assert.deepEqual([translated.code, translated.message], ['USAGE', 'Unknown flag: --x'])
  })
})

describe('what nobody knows is a bug', () => {
  for (const [name, thrown, message] of [
    ['an error', new RangeError('out of range'), 'out of range'],
    ['a string', 'boom', 'boom'],
    ['nothing', undefined, 'undefined'],
    ['an unknown system code', systemError('EWHATEVER', {}), 'EWHATEVER: as Node says it'],
  ] as const) {
    test(name, () => {
      const translated = translateError(thrown)
      assert.deepEqual([translated.code, translated.exitCode, translated.message], ['INTERNAL', 1, message])
    })
  }
})
