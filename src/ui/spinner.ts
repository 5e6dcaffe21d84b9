import { type Capabilities, detectCapabilities } from './capabilities.ts'
import type { Environment, OutputStream } from './streams.ts'
import { createTheme, mark, type Theme } from './theme.ts'

/** Work of unknown length. Ends with exactly one of `succeed`, `warn`, `fail` or `stop`. */
export interface Spinner {
  update(text: string): void
  succeed(text?: string): void
  warn(text?: string): void
  fail(text?: string): void
  /** Ends without a line. */
  stop(): void
}

export interface SpinnerPlace {
  readonly stream: OutputStream
  readonly theme: Theme
  readonly capabilities: Capabilities
}

/** The place of a spinner on a stream, as its terminal and the environment allow. */
export function spinnerPlace(
  stream: OutputStream,
  environment: Environment,
  options: { readonly noColor?: boolean } = {},
): SpinnerPlace {
  const capabilities = detectCapabilities(stream, environment, options)
  return { stream, capabilities, theme: createTheme(capabilities) }
}

/**
 * Starts a spinner: animated on a terminal with columns, else one plain line when the work
 * ends. `ora` is loaded only when something will turn; it loops for ever at 0 columns.
 */
export async function startSpinner(place: SpinnerPlace, text: string): Promise<Spinner> {
  return place.capabilities.animated ? turning(place, text) : still(place, text)
}

async function turning(place: SpinnerPlace, text: string): Promise<Spinner> {
  const { default: ora } = await import('ora')
  const { theme, capabilities } = place
  const frames = capabilities.unicode ? ['⠋', '⠙', '⠸', '⠴', '⠦', '⠇'] : ['-', '\\', '|', '/']
  const turner = ora({
    text,
    stream: place.stream,
    color: capabilities.color ? 'cyan' : false,
    spinner: { interval: 90, frames },
    isEnabled: true,
    discardStdin: false,
  }).start()
  const end = (symbol: string, line: string) => {
    turner.stopAndPersist({ symbol, text: line })
  }
  return {
    update: (line) => {
      turner.text = line
    },
    succeed: (line) => end(mark(theme, 'ok'), line ?? turner.text),
    warn: (line) => end(mark(theme, 'warning'), line ?? turner.text),
    fail: (line) => end(mark(theme, 'failure'), line ?? turner.text),
    stop: () => {
      turner.stop()
    },
  }
}

function still(place: SpinnerPlace, text: string): Spinner {
  let last = text
  const end = (outcome: 'ok' | 'warning' | 'failure', line: string) =>
    place.stream.write(`${mark(place.theme, outcome)} ${line}\n`)
  return {
    update: (line) => {
      last = line
    },
    succeed: (line) => end('ok', line ?? last),
    warn: (line) => end('warning', line ?? last),
    fail: (line) => end('failure', line ?? last),
    stop: () => {},
  }
}
