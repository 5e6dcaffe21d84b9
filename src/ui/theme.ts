import { styleText } from 'node:util'
import type { Capabilities } from './capabilities.ts'

type Style = (text: string) => string

export interface Theme {
  readonly symbols: Symbols
  readonly bold: Style
  readonly dim: Style
  readonly good: Style
  readonly warning: Style
  readonly bad: Style
  readonly accent: Style
}

export interface Symbols {
  readonly ok: string
  readonly warning: string
  readonly failure: string
  readonly arrow: string
  readonly bullet: string
  readonly ellipsis: string
  /** Where the cursor of a list is. */
  readonly pointer: string
  readonly ticked: string
  readonly unticked: string
  readonly barFull: string
  readonly barEmpty: string
}

const unicodeSymbols: Symbols = {
  ok: '✓',
  warning: '!',
  failure: '✗',
  arrow: '→',
  bullet: '·',
  ellipsis: '…',
  pointer: '❯',
  ticked: '◉',
  unticked: '◯',
  barFull: '━',
  barEmpty: '─',
}
const asciiSymbols: Symbols = {
  ok: '+',
  warning: '!',
  failure: 'x',
  arrow: '->',
  bullet: '-',
  ellipsis: '...',
  pointer: '>',
  ticked: '[x]',
  unticked: '[ ]',
  barFull: '#',
  barEmpty: '-',
}

/** Colours and symbols for one stream; without colour every style returns its text unchanged. */
export function createTheme(capabilities: Pick<Capabilities, 'color' | 'unicode'>): Theme {
  const style =
    (format: Parameters<typeof styleText>[0]): Style =>
    (text) =>
      capabilities.color ? styleText(format, text, { validateStream: false }) : text
  return {
    symbols: capabilities.unicode ? unicodeSymbols : asciiSymbols,
    bold: style('bold'),
    dim: style('dim'),
    good: style('green'),
    warning: style('yellow'),
    bad: style('red'),
    accent: style('cyan'),
  }
}

/** Mark at the start of a line, coloured: `✓ artifact is current`. */
export function mark(theme: Theme, outcome: 'ok' | 'warning' | 'failure'): string {
  if (outcome === 'ok') return theme.good(theme.symbols.ok)
  if (outcome === 'warning') return theme.warning(theme.symbols.warning)
  return theme.bad(theme.symbols.failure)
}
