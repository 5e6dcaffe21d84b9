import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Check, failed, ok, skipped, warning, worstOf } from '../../src/checks/check.ts'
import { runChecks, selectChecks } from '../../src/checks/runner.ts'
import { EmfPxeError } from '../../src/errors/error.ts'
import { VirtualClock } from '../../src/net/virtual-clock.ts'
import { check, facts } from './support.ts'

const clock = new VirtualClock()
const run = (checks: readonly Check[], options = facts()) => runChecks(checks, options, { clock })

describe('runner', () => {
  test('results come in the order of the checks, whatever the order of dependencies', async () => {
    const results = await run([check('later', ok('2'), 'first'), check('first', ok('1'))])
    assert.deepEqual(
      results.map(({ id, outcome }) => [id, outcome]),
      [
        ['later', 'ok'],
        ['first', 'ok'],
      ],
    )
  })

  test('consequences of a failed root are folded into it, to any depth', async () => {
    let ran = false
    const results = await run([
      check('root', failed('gone')),
      check('child', ok(''), 'root'),
      check(
        'grandchild',
        () => {
          ran = true
          return ok('')
        },
        'child',
      ),
    ])
    assert.deepEqual(
      results.map(({ outcome, because }) => [outcome, because]),
      [
        ['failed', undefined],
        ['skipped', 'root'],
        ['skipped', 'root'],
      ],
    )
    assert.equal(ran, false)
  })

  test('a root that was skipped or warns does not stop the others', async () => {
    const results = await run([
      check('skips', skipped('no')),
      check('warns', warning('hm')),
      check('after', ok('yes'), 'skips', 'warns'),
    ])
    assert.equal(results[2]?.outcome, 'ok')
  })

  test('a check that crashes is a result, and says so', async () => {
    const [result] = await run([
      check('broken', () => {
        throw new TypeError('nothing \u001b[31mhere')
      }),
    ])
    assert.equal(result?.outcome, 'failed')
    assert.match(result?.evidence ?? '', /the check itself broke: nothing \\x1b\[31mhere/)
  })

  test('an error of ours is what the check found, with its remedy', async () => {
    const [result] = await run([
      check('stopped', () => {
        throw new EmfPxeError('ARTIFACT_MISSING', { message: 'no file', hint: 'emf-pxe fetch' })
      }),
    ])
    assert.equal(result?.outcome, 'failed')
    assert.equal(result?.evidence, 'no file')
    assert.match(result?.remedy ?? '', /^emf-pxe fetch --config \/.* --state-dir \//)
  })

  test('missing rights are no failure', async () => {
    const [result] = await run([
      check('blind', () => {
        throw new EmfPxeError('PORT_NOT_PERMITTED', { message: 'port 67' })
      }),
    ])
    assert.equal(result?.outcome, 'skipped')
    assert.match(result?.evidence ?? '', /^needs root/)
  })

  test('a file that only root may read is no fault, and the check did not break', async () => {
    const denied = Object.assign(new Error('EACCES: permission denied'), {
      code: 'EACCES',
      syscall: 'open',
      path: '/x',
    })
    const [result] = await run([
      check('blind', () => {
        throw denied
      }),
    ])
    assert.equal(result?.outcome, 'skipped')
    assert.match(result?.evidence ?? '', /^needs root: .*\/x/)
  })

  test('a check that never ends fails in time', async () => {
    const own = new VirtualClock()
    const pending: Check = { ...check('slow', ok('')), run: () => new Promise(() => {}) }
    const results = runChecks([pending], facts(), { clock: own })
    await new Promise(setImmediate)
    own.advance(45_000)
    assert.match((await results)[0]?.evidence ?? '', /no result within 45 s/)
  })

  test('selecting a check brings what it depends on, and nothing else', () => {
    const all = [check('a', ok('')), check('b', ok(''), 'a'), check('c', ok('')), check('d', ok(''), 'b')]
    assert.deepEqual(
      selectChecks(all, ['d']).map(({ id }) => id),
      ['a', 'b', 'd'],
    )
    assert.equal(selectChecks(all, ['host']).length, 4)
  })

  test('worstOf: the worst outcome, what those saw, each remedy once', () => {
    assert.deepEqual(worstOf([ok('1'), failed('2', 'x'), failed('3', 'x')]), {
      outcome: 'failed',
      evidence: '2; 3',
      remedy: 'x',
    })
    assert.deepEqual(worstOf([ok('1'), ok('2')]), { outcome: 'ok', evidence: '1; 2' })
  })
})
