import type { Environment, OutputStream } from './streams.ts'

/** What one output stream can show. */
export interface Capabilities {
  readonly color: boolean
  /** ✓ and → may be used; otherwise plain ASCII. */
  readonly unicode: boolean
  /** The cursor may be moved: spinners and bars. */
  readonly animated: boolean
  /** Width to fit text into. */
  readonly columns: number
}

const defaultColumns = 80

/**
 * Serial consoles report a terminal of 0 columns, on which anything animated would loop or
 * smear; they get plain lines, as pipes and files do.
 */
export function detectCapabilities(
  stream: OutputStream,
  environment: Environment,
  options: { readonly noColor?: boolean } = {},
): Capabilities {
  const terminal = stream.isTTY === true
  const dumb = environment.TERM === 'dumb'
  const colorRefused = options.noColor === true || (environment.NO_COLOR ?? '') !== ''
  const columns = stream.columns ?? 0
  return {
    color: terminal && !dumb && !colorRefused,
    unicode: speaksUtf8(environment) && environment.TERM !== 'linux' && !dumb,
    animated: terminal && !dumb && columns > 0,
    columns: terminal && columns > 0 ? columns : defaultColumns,
  }
}

/** The kernel's own console (`TERM=linux`) is left out above: its font has no check mark. */
function speaksUtf8(environment: Environment): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || ''
  return /utf-?8/i.test(locale)
}
