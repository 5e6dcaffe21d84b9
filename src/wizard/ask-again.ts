import { EmfPxeError } from '../errors/error.ts'
import { escapeText, indent, wrap } from '../ui/text.ts'
import type { Ui } from '../ui/ui.ts'

/**
 * Asks until the answer works: a wrong one is told with its remedy, and the question comes again.
 * Without a person, and when they stop, the error is the end.
 */
export async function untilItWorks<T>(ui: Ui, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      signal.throwIfAborted()
      const isMendable = error instanceof EmfPxeError && !final.has(error.code)
      if (!isMendable || !ui.prompts.interactive) throw error
      tellProblem(ui, error)
    }
  }
}

const final: ReadonlySet<string> = new Set(['ABORTED', 'TRUST_DECLINED', 'INTERNAL'])

function tellProblem(ui: Ui, { message, hint }: EmfPxeError): void {
  const width = ui.sideCapabilities.columns - 6
  const lines = (text: string) => text.split('\n').flatMap((line) => wrap(escapeText(line), width))
  const [first = '', ...rest] = lines(message)
  ui.warn([first, ...rest.map((line) => indent(line, 4))].join('\n'))
  const [remedy = '', ...more] = lines(hint)
  ui.note(
    [`    ${ui.sideTheme.symbols.arrow} ${remedy}`, ...more.map((line) => indent(line, 6)), ''].join('\n'),
  )
}
