import type { Capabilities } from './capabilities.ts'
import { type Progress, type ProgressOptions, startProgress } from './progress.ts'
import { createPrompts, type Prompts } from './prompts.ts'
import { type Spinner, type SpinnerPlace, spinnerPlace, startSpinner } from './spinner.ts'
import type { Environment, Streams } from './streams.ts'
import { type Column, renderTable } from './table.ts'
import { plainPunctuation } from './text.ts'
import { mark, type Theme } from './theme.ts'

/** The switches that mean the same in every command. */
export interface Switches {
  readonly json: boolean
  readonly quiet: boolean
  readonly yes: boolean
  readonly noInput: boolean
  readonly noColor: boolean
}

/**
 * All that a command says. `result` is what the command was run for and goes to stdout; the
 * rest is for the person watching, goes to stderr, and keeps silent with --quiet (warnings stay).
 */
export interface Ui {
  /** For text on stdout. */
  readonly theme: Theme
  readonly columns: number
  /** For text on stderr. */
  readonly sideTheme: Theme
  readonly sideCapabilities: Capabilities
  readonly prompts: Prompts
  /** Sentences and tables for a person. */
  result(text: string): void
  /** Text for a program (JSON, a script, a file), exactly as it is. */
  verbatim(text: string): void
  note(text: string): void
  done(text: string): void
  warn(text: string): void
  /** What went wrong at last; said whatever the switches. */
  failure(text: string): void
  spinner(text: string): Promise<Spinner>
  progress(options: ProgressOptions): Progress
  table(
    columns: readonly Column[],
    rows: readonly (readonly string[])[],
    paint?: (cell: string, row: number, column: number) => string,
  ): string
}

/** `abort` takes a question back that waits for its answer. */
export function createUi(
  streams: Streams,
  environment: Environment,
  switches: Switches,
  abort?: AbortSignal,
): Ui {
  const main = spinnerPlace(streams.stdout, environment, switches)
  const side = spinnerPlace(streams.stderr, environment, switches)
  // Looking at process.stdin opens it, which only a question is worth.
  let prompts: Prompts | undefined
  const openPrompts = () => {
    const interactive = !switches.noInput && side.capabilities.animated && streams.stdin.isTTY === true
    return createPrompts({ streams, interactive, assumeYes: switches.yes, theme: side.theme, abort })
  }
  const readable = (text: string, place: SpinnerPlace) =>
    place.capabilities.unicode ? text : plainPunctuation(text)
  const print = (text: string) => {
    streams.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  }
  const tell = (text: string) => {
    streams.stderr.write(`${readable(text, side)}\n`)
  }
  const say = (text: string) => {
    if (!switches.quiet) tell(text)
  }
  return {
    theme: main.theme,
    columns: main.capabilities.columns,
    sideTheme: side.theme,
    sideCapabilities: side.capabilities,
    get prompts() {
      prompts ??= openPrompts()
      return prompts
    },
    result: (text) => print(readable(text, main)),
    verbatim: print,
    note: say,
    done: (text) => say(`${mark(side.theme, 'ok')} ${text}`),
    warn: (text) => tell(`${mark(side.theme, 'warning')} ${text}`),
    failure: tell,
    spinner: async (text) => (switches.quiet ? silentSpinner(side) : startSpinner(side, text)),
    progress: (options) => (switches.quiet ? silentProgress(side) : startProgress(side, options)),
    table: (columns, rows, paint) =>
      renderTable(
        { columns, rows, ...(paint === undefined ? {} : { paint }) },
        main.theme,
        main.capabilities.columns,
      ),
  }
}

/** With --quiet only what went wrong is said. */
function silentSpinner(place: SpinnerPlace): Spinner {
  const say = (outcome: 'warning' | 'failure', text: string | undefined) => {
    if (text !== undefined) place.stream.write(`${mark(place.theme, outcome)} ${text}\n`)
  }
  return {
    update: () => {},
    succeed: () => {},
    warn: (text) => say('warning', text),
    fail: (text) => say('failure', text),
    stop: () => {},
  }
}

function silentProgress(place: SpinnerPlace): Progress {
  const { fail } = silentSpinner(place)
  return { update: () => {}, clear: () => {}, succeed: () => {}, fail }
}
