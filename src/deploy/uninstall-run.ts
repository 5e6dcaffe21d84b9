import { EmfPxeError } from '../errors/error.ts'
import type { Ui } from '../ui/ui.ts'
import type { DeployHost } from './host.ts'
import { type Removal, type RemovalStep, remove } from './uninstall.ts'

/** Asks, removes, tells each thing; returns what did not work. Throws ABORTED, DEPLOY_NOT_PERMITTED. */
export async function uninstall(removal: Removal, host: DeployHost, ui: Ui): Promise<readonly string[]> {
  const { target } = removal.receipt
  if (process.getuid?.() !== 0 && (target === 'systemd' || target === 'docker'))
    throw new EmfPxeError('DEPLOY_NOT_PERMITTED', { message: 'Taking away system files needs root.' })
  if (!(await ui.prompts.confirm({ message: 'Uninstall?', flag: '--yes' })))
    throw new EmfPxeError('ABORTED', { message: 'Nothing was changed.' })
  const warnings: string[] = []
  await remove(removal, host, {
    done: (step) => ui.done(doneText(step)),
    warned: (text) => {
      warnings.push(text)
      ui.warn(text)
    },
  })
  return warnings
}

function doneText(step: RemovalStep): string {
  if (step.kind === 'command') return step.words.join(' ')
  return `${step.path} ${step.kind === 'restore' ? 'is as it was before' : 'removed'}`
}
