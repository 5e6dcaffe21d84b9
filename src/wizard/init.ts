import { readFile } from 'node:fs/promises'
import type { StoredEntry } from '../artifact/store/manifest.ts'
import { readConfigText } from '../config/load.ts'
import type { Config, ConfigInput } from '../config/schema.ts'
import { type InstallResult, install, refuseOrdinaryUser } from '../deploy/install.ts'
import { kubernetesValues } from '../deploy/kubernetes-answers.ts'
import { kubernetesHere } from '../deploy/kubernetes-here.ts'
import { programWords } from '../deploy/program-file.ts'
import { initCommand, refuseDropping } from '../deploy/settings.ts'
import { defaultKubernetes, type RenderValues } from '../deploy/values.ts'
import { refuseUnusableAnswers } from './answers.ts'
import { bareInstall } from './bare-install.ts'
import { composeConfig } from './compose-config.ts'
import { type FetchedArtifact, fetchStep } from './fetch-step.ts'
import { type InitFlags, type InitTarget, isRemote } from './flags.ts'
import { refuseForgetting } from './forgetting.ts'
import { refuseHiddenAuthorities } from './hidden-authorities.ts'
import { interfacesStep } from './interfaces-step.ts'
import { type FoundOrchestrator, orchestratorStep } from './orchestrator-step.ts'
import { presentConfig } from './present.ts'
import { tell } from './say.ts'
import { sendPackage } from './send-package.ts'
import type { InitSurroundings } from './surroundings.ts'
import { targetStep } from './target-step.ts'
import { type TokenAnswer, tokenStep } from './token-step.ts'

export interface InitResult {
  readonly target: InitTarget
  readonly changed: boolean
  readonly dryRun: boolean
  readonly artifact: StoredEntry
  readonly afterwards: InstallResult['afterwards']
  /** The same again, without questions; no secret is in it. */
  readonly again: string
}

/**
 * From nothing to nodes that boot: NICs, orchestrator, token, boot file, then plan, show, apply,
 * receipt. Whatever a flag answers is not asked; without a person an open question is an error that
 * names its flag. Nothing is written before the plan was agreed to.
 */
export async function init(flags: InitFlags, around: InitSurroundings): Promise<InitResult> {
  if (flags.target !== undefined && !flags.dryRun) refuseOrdinaryUser({ name: flags.target })
  await refuseUnusableAnswers(flags, around)
  const present = await presentConfig(flags.configFile)
  if (!around.ui.prompts.interactive) refuseForgetting(flags, present, around)
  const interfaces = await interfacesStep(
    flags,
    (present?.interfaces ?? []).map(({ name }) => name),
    around,
  )
  const found = await orchestratorStep(flags, present?.orchestrator, around)
  const token = await tokenStep(flags, found.settings.fqdn, found.opened, around)
  const target = await targetStep(flags, around)
  const orchestrator = { ...found.settings, tokenFile: token.tokenFile }
  const values = await valuesOf(flags, composeConfig(present, { interfaces, orchestrator }), around)
  await refuseHiddenAuthorities(target, found.settings.caFile)
  const mayDrop = flags.replace || (around.ui.prompts.interactive && flags.interfaces === undefined)
  if (!mayDrop && present !== undefined) refuseDropping(present, target, values)
  return await fetchAndInstall({ flags, found, token, target, values, replace: mayDrop }, around)
}

interface Decided {
  readonly flags: InitFlags
  readonly found: FoundOrchestrator
  readonly token: TokenAnswer
  readonly target: InitTarget
  readonly values: RenderValues
  readonly replace: boolean
}

async function fetchAndInstall(decided: Decided, around: InitSurroundings): Promise<InitResult> {
  const { flags, target, values } = decided
  const { dryRun, stateDirectory } = flags
  const artifact = await fetchStep(validated(values.config), stateDirectory, around)
  const { changed, afterwards } = await carryOut(decided, artifact, around)
  const isStored = artifact.isNew && !dryRun && !isRemote(target)
  const again = initCommand(target, values)
  return { target, changed: changed || isStored, dryRun, artifact: artifact.entry, afterwards, again }
}

async function carryOut(
  { flags, token, target, values, replace }: Decided,
  artifact: FetchedArtifact,
  around: InitSurroundings,
): Promise<Pick<InstallResult, 'changed' | 'afterwards'>> {
  const { ui, host, readTemplate, program, abort } = around
  const beforeApply = async () => {
    // A cluster fetches its own; here the file was only tried.
    if (!isRemote(target)) await artifact.keep()
    await token.store()
  }
  const { dryRun, diff, outputDirectory, stateDirectory } = flags
  if (artifact.isNew && !isRemote(target)) tell(ui, `The boot file goes to ${stateDirectory}/artifact.`)
  if (token.tokenFile !== undefined) tell(ui, `The token goes to ${token.tokenFile}, mode 0600.`)
  if (target === 'none') return await bareInstall(values, { dryRun, diff, beforeApply }, around)
  const options = {
    ui,
    host,
    readTemplate,
    program,
    abort,
    dryRun,
    diff,
    outputDirectory,
    replace,
    beforeApply,
  }
  const installed = await install(target, values, options)
  if (target === 'deployment-package' && flags.upload && !dryRun) {
    const { project } = flags
    const { orchestrator } = validated(values.config)
    await sendPackage(values, orchestrator, { project, token: token.token }, around)
  }
  return installed
}

async function valuesOf(
  flags: InitFlags,
  config: ConfigInput,
  { version, host }: InitSurroundings,
): Promise<RenderValues> {
  const { configFile, stateDirectory } = flags
  const caFile = config.orchestrator?.caFile
  return {
    config,
    ...(caFile === undefined ? {} : { caCertificate: await readFile(caFile, 'utf8') }),
    version,
    paths: { program: programWords(), configFile, stateDirectory },
    kubernetes: {
      ...{ ...defaultKubernetes(version), ...(await kubernetesHere(host, configFile, version)) },
      ...kubernetesValues(flags.kubernetes, version),
    },
  }
}

/** With every default; problems of flags are named as those of a file are. */
function validated(config: ConfigInput): Config {
  return readConfigText(JSON.stringify(config), 'what was answered').config
}
