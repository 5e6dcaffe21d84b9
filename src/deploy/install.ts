import { isDeepStrictEqual } from 'node:util'
import { parseConfigText } from '../config/document.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { Ui } from '../ui/ui.ts'
import { apply, Journal, settle, undo } from './apply.ts'
import type { DeployHost } from './host.ts'
import { ownValuesFile } from './own-values.ts'
import { type DeploySpec, type HostState, hasChanges, plan, type Step } from './plan.ts'
import { type Receipt, readReceipt, receiptFile, receiptOf, writeReceipt } from './receipt.ts'
import { render } from './render/render.ts'
import { refuseDropping } from './settings.ts'
import { showPlan } from './show.ts'
import { stepReporter } from './step-reporter.ts'
import type { ProgramFile, SpecInput, Target } from './targets/target.ts'
import { targetOf } from './targets/targets.ts'
import type { DeployTarget, ReadTemplate, RenderValues } from './values.ts'

export interface InstallOptions {
  readonly ui: Ui
  readonly host: DeployHost
  readonly readTemplate: ReadTemplate
  /** The running single binary (`runningProgram()`), or undefined. */
  readonly program: ProgramFile | undefined
  /** Shows the plan and changes nothing. */
  readonly dryRun?: boolean
  /** Shows the lines that change. */
  readonly diff?: boolean
  /** Lets settings go that the present configuration has and the new one has not. */
  readonly replace?: boolean
  /** Where a bundle goes that is installed nowhere. */
  readonly outputDirectory?: string
  readonly abort?: AbortSignal
  /** What belongs to the installation and is no step of it (the boot file); done when the plan was agreed to. */
  readonly beforeApply?: () => Promise<void>
}

export interface InstallResult {
  readonly target: DeployTarget
  readonly changed: boolean
  readonly steps: readonly Step[]
  /** Commands for afterwards: watch, log, undo. */
  readonly afterwards: readonly { readonly what: string; readonly command: string }[]
}

/**
 * Plan, show, ask, apply, verify, receipt. What fails is undone, and the machine is as it was. A
 * second run changes nothing and says so.
 *
 * @param values `configText` is read from the machine; leave it out.
 */
export async function install(
  name: DeployTarget,
  values: RenderValues,
  options: InstallOptions,
): Promise<InstallResult> {
  const { host, ui, program } = options
  const target = targetOf(name, options.outputDirectory ?? '.')
  if (options.dryRun !== true) refuseOrdinaryUser(target)
  await target.check(host, program)
  const present = await presentConfig(host, name, values, options.replace === true)
  const input = await specInput(target, await withOwn(withText(values, present), name, host), options)
  const desired = target.specify(input)
  const steps = await planFor(desired, input.facts, host)
  ui.note(
    [...target.notes(input), '', showPlan(steps, ui.sideTheme, options.diff), ''].join('\n').trimStart(),
  )
  const result = { target: name, steps, afterwards: target.afterwards(values) }
  if (options.dryRun === true) return { ...result, changed: false }
  if (hasChanges(steps)) {
    if (!(await ui.prompts.confirm({ message: 'Apply?', flag: '--yes' })))
      throw new EmfPxeError('ABORTED', { message: 'Nothing was changed.' })
    await options.beforeApply?.()
    await carryOut(target, input.values, { steps, directories: desired.directories ?? [] }, options)
  } else {
    await options.beforeApply?.()
    ui.done('Everything is already in place; nothing was changed.')
    await renewReceipt(target, input.values, steps, host)
  }
  return { ...result, changed: hasChanges(steps) }
}

/** @throws EmfPxeError DEPLOY_NOT_PERMITTED where only root can install */
export function refuseOrdinaryUser({ name }: { readonly name: DeployTarget | 'none' }): void {
  if (process.getuid?.() === 0 || (name !== 'systemd' && name !== 'docker')) return
  throw new EmfPxeError('DEPLOY_NOT_PERMITTED', {
    message: `Installing for ${name} writes to /etc and talks to the service manager, which needs root.`,
  })
}

/** Text of the configuration that is there; refuses to lose a setting of it. */
async function presentConfig(
  host: DeployHost,
  name: DeployTarget,
  values: RenderValues,
  replace: boolean,
): Promise<string | undefined> {
  const text = (await host.observe(values.paths.configFile))?.text
  if (text !== undefined && !replace) refuseDropping(parseConfigText(text).value, name, values)
  return text
}

function withText(values: RenderValues, configText: string | undefined): RenderValues {
  return configText === undefined ? values : { ...values, configText }
}

/** What an earlier run was given with `--values` holds until another file is given. */
async function withOwn(values: RenderValues, name: DeployTarget, host: DeployHost): Promise<RenderValues> {
  if (name !== 'helm' || values.kubernetes.ownValues !== undefined) return values
  const text = (await host.observe(ownValuesFile(values.paths.configFile)))?.text
  return text === undefined ? values : { ...values, kubernetes: { ...values.kubernetes, ownValues: text } }
}

async function specInput(target: Target, values: RenderValues, options: InstallOptions): Promise<SpecInput> {
  const { host, program, readTemplate } = options
  const replaced = await replacedProgram(values, options)
  return {
    values,
    files: render(target.name, values, readTemplate),
    facts: await target.observe(host, values),
    program,
    ...(replaced === undefined ? {} : { replaced }),
  }
}

/** The program of an earlier installation of ours, when this one will take its place. */
async function replacedProgram(
  values: RenderValues,
  { host, program }: InstallOptions,
): Promise<ProgramFile | undefined> {
  const [path] = values.paths.program
  const present = program === undefined ? undefined : await host.observe(path)
  if (present === undefined || present.sha256 === program?.sha256) return undefined
  return (await lastReceipt(host, values)) === undefined ? undefined : { path: host.locate(path), ...present }
}

async function planFor(
  desired: DeploySpec,
  facts: HostState['facts'],
  host: DeployHost,
): Promise<readonly Step[]> {
  const files: HostState['files'] = new Map(
    await Promise.all(
      desired.items.flatMap((item) =>
        item.kind === 'file' ? [host.observe(item.path).then((file) => [item.path, file] as const)] : [],
      ),
    ).then((pairs) => pairs.flatMap(([path, file]) => (file === undefined ? [] : [[path, file] as const]))),
  )
  return plan({ files, facts }, desired)
}

/** A bundle for somewhere else leaves nothing here that would have to be uninstalled. */
function leavesReceipt({ name }: Target): boolean {
  return name !== 'deployment-package'
}

async function carryOut(
  target: Target,
  values: RenderValues,
  { steps, directories }: { readonly steps: readonly Step[]; readonly directories: readonly string[] },
  { host, ui, abort }: InstallOptions,
): Promise<void> {
  const last = leavesReceipt(target) ? await lastReceipt(host, values) : undefined
  const journal = new Journal()
  const reporter = stepReporter(ui)
  const record = async (complete: boolean) => {
    if (!leavesReceipt(target)) return
    const facts = {
      target: target.name,
      values,
      writtenAt: new Date(),
      complete,
      directories: [...directories, ...journal.directories],
    }
    journal.directories.push(...(await writeReceipt(host, receiptOf(steps, facts, last))))
  }
  try {
    // Before the first change: what a power cut leaves can then be uninstalled.
    await record(false)
    await apply(steps, host, reporter, journal, abort)
    await target.verify(host, values, (text) => reporter.warned(text))
    await settle(steps, journal, host, reporter)
    await record(true)
  } catch (error) {
    ui.warn('That did not work; taking back what was done.')
    await takeBackReceipt(host, values, last)
    await undo(journal, host, reporter)
    throw error
  }
}

async function takeBackReceipt(
  host: DeployHost,
  values: RenderValues,
  last: Receipt | undefined,
): Promise<void> {
  if (last === undefined) await host.remove(receiptFile(values.paths.configFile))
  else await writeReceipt(host, last)
}

/** A damaged receipt is written anew: what it knew of the time before is lost, and nothing else. */
async function lastReceipt(host: DeployHost, values: RenderValues): Promise<Receipt | undefined> {
  return readReceipt(host, values.paths.configFile).catch(() => undefined)
}

/** A program or file that came by another way, such as a newer one copied there, is what is installed now. */
async function renewReceipt(
  target: Target,
  values: RenderValues,
  steps: readonly Step[],
  host: DeployHost,
): Promise<void> {
  if (!leavesReceipt(target)) return
  const last = await lastReceipt(host, values)
  const facts = { target: target.name, values, writtenAt: new Date(), complete: true, directories: [] }
  const renewed = receiptOf(steps, facts, last)
  const isCurrent = last?.complete === true && last.version === values.version
  if (isCurrent && isDeepStrictEqual(filesOf(renewed), filesOf(last))) return
  await writeReceipt(host, renewed)
}

function filesOf({ done }: Receipt): unknown {
  return done.filter(({ kind }) => kind === 'file')
}
