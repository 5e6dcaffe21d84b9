import type { SpinnerPlace } from './spinner.ts'
import { mark, type Theme } from './theme.ts'
import { formatBytes, formatDuration, formatRate } from './units.ts'

/** A transfer of bytes on screen. Ends with exactly one of `succeed` or `fail`. */
export interface Progress {
  /** `doneBytes` so far; `totalBytes` once it is known. */
  update(doneBytes: number, totalBytes?: number): void
  /** Makes room for a line of text; the bar is back at the next update. */
  clear(): void
  succeed(text?: string): void
  fail(text?: string): void
}

export interface ProgressOptions {
  readonly label: string
  readonly totalBytes?: number
  /** Monotonic milliseconds. */
  readonly now?: () => number
}

const redrawEveryMs = 100
/** While no bytes come the rate falls, and what came last is shown too. */
const standstillMs = 500
/** Off a terminal a line is written this often, so that a log shows that it moves. */
const lineEveryMs = 5000
const barColumns = 24

/** A bar with bytes, rate and time left on a terminal; plain lines now and then elsewhere. */
export function startProgress(place: SpinnerPlace, options: ProgressOptions): Progress {
  const now = options.now ?? (() => performance.now())
  const { stream, theme, capabilities } = place
  const startedMs = now()
  let shownMs = capabilities.animated ? Number.NEGATIVE_INFINITY : startedMs
  let doneBytes = 0
  let totalBytes = options.totalBytes

  let ticking: NodeJS.Timeout | undefined

  const show = () => {
    if (capabilities.animated) ticking ??= setInterval(show, standstillMs).unref()
    const state = { label: options.label, doneBytes, totalBytes, elapsedMs: now() - startedMs }
    if (capabilities.animated) stream.write(`\r\x1b[2K${barLine(state, theme, capabilities.columns)}`)
    else stream.write(`${plainLine(state)}\n`)
  }
  const clear = () => {
    clearInterval(ticking)
    ticking = undefined
    shownMs = capabilities.animated ? Number.NEGATIVE_INFINITY : shownMs
    if (capabilities.animated) stream.write('\r\x1b[2K')
  }
  const end = (outcome: 'ok' | 'failure', text: string) => {
    clear()
    stream.write(`${mark(theme, outcome)} ${text}\n`)
  }
  return {
    update: (done, total) => {
      doneBytes = done
      totalBytes = total ?? totalBytes
      const interval = capabilities.animated ? redrawEveryMs : lineEveryMs
      if (now() - shownMs < interval) return
      shownMs = now()
      show()
    },
    clear,
    succeed: (text) => end('ok', text ?? summary(options.label, doneBytes, now() - startedMs)),
    fail: (text) => end('failure', text ?? `${options.label}: stopped after ${formatBytes(doneBytes)}`),
  }
}

export interface ProgressState {
  readonly label: string
  readonly doneBytes: number
  readonly totalBytes: number | undefined
  readonly elapsedMs: number
}

/** `label ━━━━──── 42 %  454 kB of 1.1 MB  2.0 MB/s  0.3 s left`, cut to the terminal's width. */
export function barLine(state: ProgressState, theme: Theme, columns: number): string {
  const details = describe(state)
  const share = shareDone(state)
  if (share === undefined) return `${state.label} ${details}`.slice(0, columns - 1)
  const room = columns - state.label.length - details.length - 4
  const width = Math.min(barColumns, room)
  if (width < 4) return `${state.label} ${details}`.slice(0, columns - 1)
  const full = Math.round(share * width)
  const bar = theme.good(theme.symbols.barFull.repeat(full)) + theme.symbols.barEmpty.repeat(width - full)
  return `${state.label} ${bar}  ${details}`
}

/** The same without a bar, for logs. */
function plainLine(state: ProgressState): string {
  return `${state.label}: ${describe(state)}`
}

function describe(state: ProgressState): string {
  const rate = state.elapsedMs > 0 ? (state.doneBytes * 1000) / state.elapsedMs : 0
  const share = shareDone(state)
  if (share === undefined || state.totalBytes === undefined)
    return `${formatBytes(state.doneBytes)}  ${formatRate(rate)}`
  const parts = [
    `${Math.floor(share * 100)} %`,
    `${formatBytes(state.doneBytes)} of ${formatBytes(state.totalBytes)}`,
    formatRate(rate),
  ]
  if (rate > 0 && share < 1)
    parts.push(`${formatDuration(((state.totalBytes - state.doneBytes) / rate) * 1000)} left`)
  return parts.join('  ')
}

function shareDone(state: ProgressState): number | undefined {
  if (state.totalBytes === undefined || state.totalBytes <= 0) return undefined
  return Math.min(1, state.doneBytes / state.totalBytes)
}

function summary(label: string, doneBytes: number, elapsedMs: number): string {
  return `${label}: ${formatBytes(doneBytes)} in ${formatDuration(elapsedMs)}`
}
