import type { EmfPxeError } from '../errors/error.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { escapeText, indent, wrap } from '../ui/text.ts'
import { mark } from '../ui/theme.ts'
import type { Ui } from '../ui/ui.ts'
import type { RunContext } from './context.ts'

/**
 * Shows an error and returns the exit code of the process: on stderr the code, what happened,
 * what to try and where to read; with --json also as an object on stdout.
 */
export function reportError(
  error: EmfPxeError,
  context: Pick<RunContext, 'ui' | 'switches' | 'environment'>,
): ExitCode {
  if (context.switches.json) context.ui.verbatim(JSON.stringify(errorDocument(error), undefined, 2))
  else context.ui.failure(errorText(error, context.ui))
  if (wantsStack(context.environment)) context.ui.failure(stackText(error))
  return error.exitCode
}

/** Version 1 of the JSON shape of every error. */
export function errorDocument(error: EmfPxeError): object {
  const { code, title, message, hint, exitCode } = error
  return {
    schema: 'emf-pxe/error/1',
    error: { code, title, message, hint, exitCode, docs: `docs/errors.md#${error.anchor}` },
  }
}

/**
 * ```
 * ✗ CONFIG_MISSING  /etc/emf-pxe/config.yaml does not exist.
 *     → emf-pxe init
 *     emf-pxe explain CONFIG_MISSING
 * ```
 */
export function errorText(error: EmfPxeError, ui: Ui): string {
  const theme = ui.sideTheme
  const width = ui.sideCapabilities.columns
  const [sentence = '', ...list] = escapeLines(error.message).split('\n')
  // Room for the code, in one word with what follows: it never stands alone on its line.
  const code = '_'.repeat(error.code.length + 2)
  const [first = '', ...more] = wrap(code + sentence, width - 4)
  const head = `${mark(theme, 'failure')} ${theme.bold(error.code)}  ${first.slice(code.length)}`
  const rest = [...more, ...list.flatMap((line) => hanging(line, width - 4))].map((line) => indent(line, 4))
  const hint = wrap(escapeLines(error.hint), width - 7)
    .map((line, index) => (index === 0 ? `    ${theme.symbols.arrow} ${line}` : indent(line, 6)))
    .join('\n')
  const explain = theme.dim(`    more: emf-pxe explain ${error.code}`)
  return [head, ...rest, hint, explain].join('\n')
}

/** A line of a list keeps its margin, and what goes on stands two columns further in. */
function hanging(line: string, width: number): string[] {
  const margin = line.length - line.trimStart().length
  const lines = wrap(line.trimStart(), width - margin - 2)
  return lines.map((part, index) => indent(part, index === 0 ? margin : margin + 2))
}

/** Messages may quote the network or a file: line breaks are ours, everything else is escaped. */
function escapeLines(text: string): string {
  return text.split('\n').map(escapeText).join('\n')
}

/** `DEBUG=emf-pxe` shows where an error was raised, and its causes. */
function wantsStack(environment: RunContext['environment']): boolean {
  return (environment.DEBUG ?? '').split(/[\s,]+/).some((name) => name === 'emf-pxe' || name === '*')
}

function stackText(error: unknown): string {
  if (!(error instanceof Error)) return escapeLines(String(error))
  const stack = escapeLines(error.stack ?? error.message)
  return error.cause === undefined ? stack : `${stack}\ncaused by ${stackText(error.cause)}`
}
