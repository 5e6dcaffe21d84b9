import { indent, wrap } from '../ui/text.ts'
import type { Ui } from '../ui/ui.ts'

/** A sentence for a person, broken between words. */
export function tell(ui: Ui, sentence: string): void {
  ui.note(wrap(sentence, ui.sideCapabilities.columns - 1).join('\n'))
}

/** Something that went well; its further lines stand below the first. */
export function done(ui: Ui, sentence: string): void {
  ui.done(hanging(ui, sentence))
}

export function warn(ui: Ui, sentence: string): void {
  ui.warn(hanging(ui, sentence))
}

function hanging(ui: Ui, text: string): string {
  const lines = text.split('\n').flatMap((line) => wrap(line, ui.sideCapabilities.columns - 3))
  const [first = '', ...rest] = lines
  return [first, ...rest.map((line) => indent(line, 2))].join('\n')
}
