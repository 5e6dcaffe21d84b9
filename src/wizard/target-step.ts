import { targetOf } from '../deploy/targets/targets.ts'
import { untilItWorks } from './ask-again.ts'
import type { InitFlags, InitTarget } from './flags.ts'
import type { InitSurroundings } from './surroundings.ts'

/**
 * How emf-pxe is to run: `--target`, else chosen by a person, who is asked again when it cannot be
 * installed here: before waiting for a boot file that could not be served anyway.
 * @throws EmfPxeError ANSWER_MISSING, DEPLOY_TOOL_MISSING, …
 */
export async function targetStep(flags: InitFlags, around: InitSurroundings): Promise<InitTarget> {
  const settle = async () => {
    const target = flags.target ?? (await ask(around))
    if (target !== 'none') await targetOf(target, flags.outputDirectory).check(around.host, around.program)
    return target
  }
  return flags.target === undefined ? await untilItWorks(around.ui, around.abort, settle) : await settle()
}

async function ask({ host, ui, program }: InitSurroundings): Promise<InitTarget> {
  const isRoot = process.getuid?.() === 0
  const hasSystemd = await host.exists('/run/systemd/system')
  const choices: { value: InitTarget; name: string; disabled?: string }[] = [
    {
      value: 'systemd',
      name: 'A service of this machine (systemd)',
      ...(isRoot && hasSystemd
        ? {}
        : { disabled: hasSystemd ? '- needs root' : '- systemd does not run here' }),
    },
    {
      value: 'docker',
      name: 'A container on this machine (Docker)',
      ...(isRoot && program !== undefined
        ? {}
        : { disabled: isRoot ? '- needs the single binary' : '- needs root' }),
    },
    { value: 'helm', name: 'A Helm release in a Kubernetes cluster' },
    { value: 'deployment-package', name: 'A Deployment Package for the orchestrator’s catalog' },
    { value: 'none', name: 'Nothing yet: only configuration and boot file' },
  ]
  const initial = choices.find(({ disabled }) => disabled === undefined)?.value ?? 'none'
  return await ui.prompts.select({ message: 'How shall it run?', flag: '--target TARGET', choices, initial })
}
