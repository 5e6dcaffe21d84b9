import { apply, Journal, undo } from '../deploy/apply.ts'
import type { InstallResult } from '../deploy/install.ts'
import { hasChanges, plan, type Step } from '../deploy/plan.ts'
import { runningWords } from '../deploy/program-file.ts'
import { configFile } from '../deploy/render/systemd.ts'
import { showPlan } from '../deploy/show.ts'
import { stepReporter } from '../deploy/step-reporter.ts'
import { desired, toWatchABoot } from '../deploy/targets/tools.ts'
import type { RenderValues } from '../deploy/values.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { InitSurroundings } from './surroundings.ts'

/** As `install`, for the target `none`: the configuration file, and nothing that runs by itself. */
export async function bareInstall(
  values: RenderValues,
  options: { readonly dryRun: boolean; readonly diff: boolean; readonly beforeApply: () => Promise<void> },
  { host, ui, abort }: InitSurroundings,
): Promise<Omit<InstallResult, 'target'>> {
  const steps = await planFor(values, host)
  ui.note(`${showPlan(steps, ui.sideTheme, options.diff)}\n`)
  const changed = hasChanges(steps)
  const result = { steps, afterwards: afterwards(values) }
  if (options.dryRun) return { ...result, changed: false }
  if (changed && !(await ui.prompts.confirm({ message: 'Apply?', flag: '--yes' })))
    throw new EmfPxeError('ABORTED', { message: 'Nothing was changed.' })
  await options.beforeApply()
  if (changed) await carryOut(steps, { host, ui, abort })
  else ui.done('Everything is already in place; nothing was changed.')
  return { ...result, changed }
}

async function planFor(values: RenderValues, host: InitSurroundings['host']): Promise<readonly Step[]> {
  const before = await host.observe(values.paths.configFile)
  const text = before?.text === undefined ? {} : { configText: before.text }
  const items = desired(configFile({ ...values, ...text }), 'configuration', 'what this server does')
  const files = new Map(before === undefined ? [] : [[values.paths.configFile, before] as const])
  return plan({ files, facts: new Map() }, { target: 'systemd', items })
}

async function carryOut(
  steps: readonly Step[],
  { host, ui, abort }: Pick<InitSurroundings, 'host' | 'ui' | 'abort'>,
): Promise<void> {
  const [journal, reporter] = [new Journal(), stepReporter(ui)]
  try {
    await apply(steps, host, reporter, journal, abort)
  } catch (error) {
    await undo(journal, host, reporter)
    throw error
  }
}

function afterwards({ paths }: RenderValues): InstallResult['afterwards'] {
  const { configFile: config, stateDirectory } = paths
  const places = `--config ${config} --state-dir ${stateDirectory}`
  return [
    { what: 'To serve', command: `${runningWords().join(' ')} serve ${places}` },
    {
      what: toWatchABoot,
      command: `emf-pxe watch --state-dir ${stateDirectory}`,
    },
    { what: 'To undo everything', command: `rm -r ${config} ${stateDirectory}/artifact` },
  ]
}
