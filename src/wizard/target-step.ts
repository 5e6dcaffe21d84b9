import type { InitFlags, InitTarget } from './flags.ts'
import type { InitSurroundings } from './surroundings.ts'

/** How emf-pxe is to run: `--target`, else chosen by a person. @throws EmfPxeError ANSWER_MISSING */
export async function targetStep(flags: InitFlags, around: InitSurroundings): Promise<InitTarget> {
  const { host, ui, program } = around
  if (flags.target !== undefined) return flags.target
  const isRoot = process.getuid?.() === 0
  const hasSystemd = await host.exists('/run/systemd/system')
  const choices: { value: InitTarget; name: string; disabled?: string }[] = [
    {
      value: 'systemd',
      name: 'A service of this machine (systemd)',
      ...(isRoot && hasSystemd ? {} : { disabled: hasSystemd ? 'needs root' : 'systemd does not run here' }),
    },
    {
      value: 'docker',
      name: 'A container on this machine (Docker)',
      ...(isRoot && program !== undefined
        ? {}
        : { disabled: isRoot ? 'needs the single binary' : 'needs root' }),
    },
    { value: 'helm', name: 'A Helm release in a Kubernetes cluster' },
    { value: 'deployment-package', name: 'A Deployment Package for the orchestrator’s catalog' },
    { value: 'none', name: 'Nothing yet: only configuration and boot file' },
  ]
  const initial = choices.find(({ disabled }) => disabled === undefined)?.value ?? 'none'
  return await ui.prompts.select({ message: 'How shall it run?', flag: '--target TARGET', choices, initial })
}
