import { systemClock } from '../net/clock.ts'
import type { Clock } from '../net/datagram.ts'
import type { FinishedCheck } from './check.ts'
import { showShort } from './summary.ts'

export interface WatchOptions {
  readonly check: () => Promise<readonly FinishedCheck[]>
  /** The screen as text, for a terminal. */
  readonly show: (checks: readonly FinishedCheck[]) => string
  /** A terminal is drawn anew each time; anything else gets a line whenever something changed. */
  readonly stdout: { readonly isTTY?: boolean; readonly rows?: number; write(text: string): unknown }
  /** For programs: one document for each look, on a line of its own. */
  readonly document?: (checks: readonly FinishedCheck[]) => string
  readonly signal: AbortSignal
  readonly clock?: Clock
  readonly nowMs?: () => number
}

const everyMs = 5000
const home = '\u001b[H'
const clearLine = '\u001b[K'
const clearBelow = '\u001b[J'

/** Checks again and again until it is stopped; returns the last results. */
export async function watchStatus(options: WatchOptions): Promise<readonly FinishedCheck[]> {
  const { check, show, document, stdout, signal, clock = systemClock, nowMs = Date.now } = options
  let latest: readonly FinishedCheck[] = []
  let said = ''
  const interrupted = whenAborted(signal)
  while (!signal.aborted) {
    const checked = await Promise.race([check(), interrupted])
    if (checked === undefined || signal.aborted) break
    latest = checked
    const at = new Date(nowMs()).toISOString().slice(0, 19)
    const line = showShort(latest)
    if (document !== undefined) stdout.write(`${document(latest)}\n`)
    else if (stdout.isTTY === true) stdout.write(screen(`${show(latest)}\n${at}Z, Ctrl-C ends`, stdout.rows))
    else if (line !== said) stdout.write(`${at}Z ${line}\n`)
    said = line
    await pause(clock, signal)
  }
  return latest
}

/** Who presses Ctrl-C does not wait for answers from the network, and hears of none that failed. */
function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** Drawn over what was there, without the flicker of an empty screen; of a long text the end, which has the verdict. */
function screen(text: string, rows = 24): string {
  const lines = text.split('\n').slice(-(rows - 1))
  return `${home}${lines.join(`${clearLine}\n`)}${clearLine}\n${clearBelow}`
}

function pause(clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
    const cancel = clock.schedule(everyMs, done)
    signal.addEventListener('abort', done)
  })
}
