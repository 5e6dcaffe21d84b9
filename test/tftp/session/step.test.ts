import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { acknowledgedBytes } from '../../../src/tftp/session/state.ts'
import { Script } from './support.ts'

const windowed = { tsize: '0', blksize: '1000', windowsize: '4' }
const lockStep = { blksize: '1000' }

describe('opening', () => {
  test('with options: OACK, then the first window after ACK 0', () => {
    const script = new Script(10_500, windowed)
    assert.equal(script.opening, 'oack')
    assert.equal(script.ack(0), '1..4')
  })

  test('without options: DATA 1 at once', () => {
    const script = new Script(10_500, {})
    assert.equal(script.opening, '1..1')
    assert.equal(script.ack(1), '2..2')
  })

  test('nothing but a request makes us send before the client answers', () => {
    for (const options of [windowed, {}]) {
      const script = new Script(10_500, options)
      assert.equal(script.wait(), 'failed: never-acknowledged')
      assert.equal(script.atMs, 10_000)
    }
  })

  test('a repeated request is answered by one packet and begins the wait again', () => {
    const script = new Script(10_500, windowed)
    assert.equal(script.repeat(4000), 'oack')
    assert.equal(script.repeat(4000), 'oack')
    assert.equal(script.wait(), 'failed: never-acknowledged')
    assert.equal(script.atMs, 18_000)
  })

  test('a repeated request after ACK 0 is ignored', () => {
    const script = new Script(10_500, windowed)
    script.ack(0)
    assert.equal(script.repeat(1), '')
  })

  test('an ACK of a block that was not sent is ignored', () => {
    const script = new Script(10_500, windowed)
    assert.equal(script.ack(1), '')
    assert.equal(script.ack(65_535), '')
  })
})

describe('ending', () => {
  const files: readonly [sizeBytes: number, windows: string[]][] = [
    [0, ['1..1']],
    [999, ['1..1']],
    [1000, ['1..2']],
    [3999, ['1..4']],
    [4000, ['1..4', '5..5']],
    [8001, ['1..4', '5..8', '9..9']],
  ]
  for (const [sizeBytes, windows] of files) {
    test(`${sizeBytes} bytes in blocks of 1000: ${windows.join(', ')}`, () => {
      const script = new Script(sizeBytes, windowed)
      let answer = script.ack(0)
      for (const window of windows) {
        assert.equal(answer, window)
        answer = script.ack(Number(window.split('..')[1]))
      }
      assert.equal(answer, 'completed')
      assert.equal(acknowledgedBytes(script.session), sizeBytes)
    })
  }

  test('nothing happens after the end', () => {
    const script = new Script(0, windowed)
    script.ack(0)
    script.ack(1)
    assert.equal(script.ack(1), '')
    assert.equal(script.error(0, 'too late'), '')
    assert.equal(script.wait(), '')
  })

  test('a lost last ACK is a completed transfer, after resends that cover a client retry', () => {
    const script = new Script(3500, windowed)
    script.ack(0)
    const answers = Array.from({ length: 12 }, () => script.wait()).filter((answer) => answer !== '')
    assert.equal(answers.pop(), 'completed, last ACK missing')
    assert(answers.length >= 4 && answers.every((answer) => answer === '1..4'))
    assert.equal(script.atMs, 8010)
  })

  test('silence before the last window is a failure after the patience of edk2', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    script.ack(4)
    let answer = script.wait()
    while (answer === '5..8') answer = script.wait()
    assert.equal(answer, 'failed: stopped-acknowledging')
    assert.equal(script.atMs, 20 + 24_000)
  })

  test('a one-block file that nobody answered is not completed', () => {
    const script = new Script(100, {})
    assert.equal(script.wait(), 'failed: never-acknowledged')
  })

  test('the server stops', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.stop(), 'failed: server-stopping')
  })
})

describe('client errors', () => {
  test('ERROR 8 in answer to the OACK ends a size probe (edk2)', () => {
    assert.equal(new Script(10_500, windowed).error(8, 'User aborted the transfer'), 'probed')
  })

  test('ERROR 0 in answer to the OACK ends a size probe (BIOS ROMs)', () => {
    assert.equal(new Script(10_500, windowed).error(0, 'TFTP Aborted'), 'probed')
  })

  test('ERROR 8 that was overtaken by the next request from the same port leaves that one standing', () => {
    const script = new Script(10_500, windowed)
    assert.equal(script.repeat(1), 'oack')
    assert.equal(script.error(8, 'User aborted'), '')
    assert.equal(script.ack(0), '1..4')
  })

  test('ERROR 8 after a repeated request, and then silence, was a size probe', () => {
    const script = new Script(10_500, windowed)
    script.repeat(4000)
    assert.equal(script.error(8, 'User aborted'), '')
    assert.equal(script.wait(), 'probed')
  })

  test('without tsize it is a failure', () => {
    assert.equal(new Script(10_500, lockStep).error(8, 'no'), 'failed: client-error')
  })

  test('ERROR 3 is a failure', () => {
    assert.equal(new Script(10_500, windowed).error(3, 'Disk full'), 'failed: client-error')
  })

  test('ERROR 8 in the middle is a failure', () => {
    const script = new Script(10_500, windowed)
    script.ack(0)
    assert.equal(script.error(8, 'enough'), 'failed: client-error')
  })
})

describe('loss in lock step', () => {
  test('a duplicate ACK is never answered (RFC 1123 §4.2.3.1)', () => {
    const script = new Script(10_500, lockStep)
    assert.equal(script.ack(0), '1..1')
    assert.equal(script.ack(0), '')
    assert.equal(script.ack(1), '2..2')
    assert.deepEqual([script.ack(1), script.ack(0), script.ack(1)], ['', '', ''])
    assert.equal(script.session.resentBlocks, 0)
  })

  test('silence resends after 30 ms, doubled up to 3 s', () => {
    const script = new Script(10_500, lockStep)
    script.ack(0)
    const waits = Array.from({ length: 8 }, () => {
      const before = script.atMs
      assert.equal(script.wait(), '1..1')
      return script.atMs - before
    })
    assert.deepEqual(waits, [30, 60, 120, 240, 480, 960, 1920, 3000])
  })

  test('an answer that took as long as usual shows a loss: the wait is short again', () => {
    const script = new Script(10_500, lockStep)
    script.ack(0)
    script.wait()
    assert.equal(script.ack(1), '2..2')
    assert.equal(script.session.deadlineMs - script.atMs, 30)
  })

  test('a later answer may be slow: the wait stays doubled until a block goes through once (Karn)', () => {
    const script = new Script(10_500, lockStep)
    script.ack(0)
    script.wait()
    assert.equal(script.ack(1, 40), '2..2')
    assert.equal(script.session.deadlineMs - script.atMs, 60)
    assert.equal(script.ack(2, 90), '3..3')
    assert(script.session.deadlineMs - script.atMs > 90, 'the slow round trip is learnt')
  })

  test('ACK 0 that comes after a client retry teaches nothing', () => {
    const script = new Script(10_500, lockStep)
    script.ack(0, 4000)
    assert.equal(script.session.roundTrip, undefined)
  })
})

describe('loss in a window', () => {
  test('an ACK below the end of the window goes back to the block after it', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.ack(2), '3..6')
    assert.equal(script.session.resentBlocks, 2)
    assert.equal(script.ack(6), '7..10')
  })

  test('the first block lost: three duplicate ACKs resend once', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    script.ack(4)
    assert.equal(script.ack(4), '5..8')
    assert.equal(script.ack(4, 0.1), '')
    assert.equal(script.ack(4, 0.1), '')
    assert.equal(script.ack(8), '9..12')
    assert.equal(script.session.resentBlocks, 4)
  })

  test('the second block lost: ACK of the first, then duplicates of it, resend once', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.ack(1), '2..5')
    assert.equal(script.ack(1, 0.1), '')
    assert.equal(script.ack(5), '6..9')
  })

  test('a lost ACK: the window is resent, and the echoes of that resend nothing', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.wait(), '1..4')
    assert.equal(script.ack(4), '5..8')
    assert.deepEqual([script.ack(4, 0.1), script.ack(4, 0.1), script.ack(4, 0.1)], ['', '', ''])
    assert.equal(script.ack(8), '9..12')
    assert.equal(script.session.resentBlocks, 4)
  })

  test('a late client: the needless resend is followed by nothing but the next windows', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.wait(), '1..4')
    assert.equal(script.ack(4, 1), '5..8')
    assert.deepEqual(
      [1, 2, 3, 4].map(() => script.ack(4, 0.1)),
      ['', '', '', ''],
    )
    assert.equal(script.ack(8), '9..12')
  })

  test('an ACK on the way while the window is resent only lets it slide', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    script.ack(4)
    assert.equal(script.ack(4), '5..8')
    assert.equal(script.ack(6, 7), '9..10')
    assert.equal(script.session.resentBlocks, 4)
  })

  test('the first block of the resent window lost again: its duplicates could be echoes, the timer mends it', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    script.ack(4)
    assert.equal(script.ack(4), '5..8')
    assert.deepEqual([script.ack(4, 5), script.ack(4, 5)], ['', ''])
    assert.equal(script.wait(), '5..8')
  })

  test('a client that asks again after its own timeout is believed at once', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.ack(3), '4..7')
    while (script.session.attempts < 7) script.wait()
    assert.equal(script.ack(3, 1500), '4..7')
  })

  test('duplicates are believed again after a whole window without echoes', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.ack(1), '2..5')
    assert.equal(script.ack(1, 0.1), '', 'an echo')
    assert.equal(script.ack(5), '6..9')
    assert.equal(script.ack(5, 0.1), '', 'the window after may have echoes too')
    assert.equal(script.ack(9), '10..13')
    assert.equal(script.ack(13), '14..17')
    assert.equal(script.ack(17), '18..21')
    assert.equal(script.ack(17, 0.1), '18..21', 'a loss')
  })

  test('after a resend, an ACK below the window slides it: the client may count from another block', () => {
    const script = new Script(50_000, windowed)
    script.ack(0)
    assert.equal(script.ack(3), '4..7')
    assert.equal(script.ack(4), '8..8', 'the client counts its window from 4')
    assert.equal(script.ack(8), '9..12')
    assert.equal(script.session.resentBlocks, 1)
  })

  test('after a resend, a gap is mended by the timer', () => {
    const script = new Script(6500, windowed)
    script.ack(0)
    assert.equal(script.ack(3), '4..7')
    assert.equal(script.ack(5), '')
    assert.equal(script.wait(), '6..7')
  })

  test('a client that repeats its ACK after seconds misses the last block: it is not completed', () => {
    const script = new Script(3500, windowed)
    script.ack(0)
    script.ack(3)
    for (let retries = 0; retries < 3; retries++) {
      const retryAtMs = script.atMs + 4000
      while (script.session.deadlineMs < retryAtMs) script.wait()
      script.ack(3, retryAtMs - script.atMs)
      assert.equal(script.wait(), '4..4')
    }
    assert.equal(script.session.phase, 'sending')
  })
})

describe('block numbers', () => {
  for (const [rollover, after] of [
    ['0', '0'],
    ['1', '1'],
  ] as const) {
    test(`rollover ${rollover}: a 40 MB transfer in blocks of 512 passes 65535 and completes`, () => {
      const script = new Script(40 * 1024 * 1024, { blksize: '512', rollover })
      let answer = script.ack(0)
      for (let block = 1; answer !== 'completed'; block++) {
        assert.equal(answer, `${block}..${block}`)
        const wire = after === '0' ? block & 0xffff : ((block - 1) % 65_535) + 1
        answer = script.ack(wire, 0.1)
      }
      assert.equal(acknowledgedBytes(script.session), 40 * 1024 * 1024)
    })
  }
})

test('the same events give the same states', () => {
  const run = () => {
    const script = new Script(500_000, windowed)
    const answers = [
      script.ack(0),
      script.ack(2),
      script.ack(2),
      script.wait(),
      script.ack(6),
      script.ack(10),
    ]
    return { answers, session: script.session }
  }
  assert.deepEqual(run(), run())
})

test('a step leaves the session it was given as it was', () => {
  const script = new Script(50_000, windowed)
  const before = script.session
  const copy = structuredClone(before)
  script.ack(0)
  assert.deepEqual(before, copy)
})
