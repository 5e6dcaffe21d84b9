import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parserMessage } from '../../src/errors/parser-message.ts'

describe('what the parser refused, in our words', () => {
  for (const [name, raw, message] of [
    [
      'an unknown flag',
      'Nonexistent flag: \x1b[2m--x\x1b[22m\nSee more help with --help',
      'Unknown flag: --x',
    ],
    [
      'a missing argument',
      'Missing 1 required arg:\nfile  The boot file.\nSee more help with --help',
      'FILE is missing: The boot file.',
    ],
    [
      'a missing argument with a choice, and a note about flags that were not used',
      'Missing 1 required arg:\ntarget  (systemd|docker) What to render for.\n\nNote: --interface allows multiple values.',
      'TARGET is missing: What to render for. One of: systemd, docker.',
    ],
    [
      'two missing arguments',
      'Missing 2 required args:\nfrom  Where from (a host).\nto    Where to.',
      'FROM is missing: Where from (a host).\nTO is missing: Where to.',
    ],
    [
      'no number',
      'Parsing --wait \n\tExpected an integer but received: soon\nSee more help with --help',
      '--wait is soon; wanted a whole number',
    ],
    [
      'a number that is too small',
      'Parsing --wait \n\tExpected an integer greater than or equal to 1 but received: 0',
      '--wait is 0; wanted a whole number of at least 1',
    ],
    ['a flag without its value', 'Flag --config expects a value', 'Flag --config expects a value'],
  ] as const)
    test(name, () => assert.equal(parserMessage(raw), message))
})
