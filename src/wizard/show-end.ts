import type { Theme } from '../ui/theme.ts'
import type { InitResult } from './init.ts'

/** How it ended: what to do now, how to undo it, and how to do it again without questions. */
export function showEnd({ changed, dryRun, afterwards, again }: InitResult, theme: Theme): string {
  const head = dryRun ? 'Nothing was changed (--dry-run).' : changed ? 'Done.' : 'Nothing changed.'
  const lines = dryRun ? [] : afterwards
  const all = [...lines, { what: 'The same again, without questions', command: again }]
  return [theme.bold(head), ...all.flatMap(({ what, command }) => [`${what}:`, `  ${command}`])].join('\n')
}
