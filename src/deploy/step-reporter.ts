import type { Ui } from '../ui/ui.ts'
import type { ApplyObserver } from './apply.ts'
import type { Step } from './plan.ts'

/** Tells each thing that was done, in the past tense of a fact with a path. */
export function stepReporter(ui: Ui): ApplyObserver {
  return {
    started: (step) => {
      if (step.kind === 'command' && step.change === 'run') ui.note(`  ${step.command.title} …`)
    },
    done: (step) => {
      const text = doneText(step)
      if (text !== undefined) ui.done(text)
    },
    warned: (text) => ui.warn(text),
  }
}

function doneText(step: Step): string | undefined {
  if (step.change === 'same') return undefined
  if (step.kind === 'command') return step.command.title
  return `${step.file.path} ${step.change === 'new' ? 'written' : 'replaced'}`
}
