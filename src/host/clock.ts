import { existsSync } from 'node:fs'
import { uptime } from 'node:os'
import { type RunProgram, runProgram } from './run-program.ts'

export interface ClockFacts {
  /** Milliseconds since 1970, as this machine believes. */
  readonly nowMs: number
  readonly bootedAtMs: number
  /** Kept right by a time server; undefined when nobody here can tell. */
  readonly synchronized: boolean | undefined
}

/** systemd-timesyncd makes this file when it has set the clock. */
const synchronizedMark = '/run/systemd/timesync/synchronized'

export async function readClock(run: RunProgram = runProgram, exists = existsSync): Promise<ClockFacts> {
  const nowMs = Date.now()
  const bootedAtMs = nowMs - Math.round(uptime() * 1000)
  return { nowMs, bootedAtMs, synchronized: exists(synchronizedMark) || (await askKernel(run)) }
}

async function askKernel(run: RunProgram): Promise<boolean | undefined> {
  const result = await run('timedatectl', ['show', '--property=NTPSynchronized', '--value'])
  const answer = result.kind === 'ok' ? result.stdout.trim() : ''
  return answer === 'yes' ? true : answer === 'no' ? false : undefined
}
