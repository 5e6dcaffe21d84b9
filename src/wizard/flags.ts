import type { KubernetesAnswers } from '../deploy/kubernetes-answers.ts'
import type { DeployTarget } from '../deploy/values.ts'

/** Ways to run, and `none`: configuration and boot file only. */
export type InitTarget = DeployTarget | 'none'

/** What the command line and the environment have answered already. */
export interface InitFlags {
  readonly interfaces: readonly string[] | undefined
  readonly orchestrator: string | undefined
  readonly artifactUrl: string | undefined
  readonly caFile: string | undefined
  readonly trustFingerprint: string | undefined
  /** `http://HOST:PORT`. */
  readonly proxy: string | undefined
  /** A path, or `-` for stdin. */
  readonly tokenFile: string | undefined
  readonly storeToken: boolean
  readonly target: InitTarget | undefined
  readonly configFile: string
  readonly stateDirectory: string
  /** Where a bundle is written that is installed nowhere here. */
  readonly outputDirectory: string
  readonly kubernetes: KubernetesAnswers
  /** Sends the Deployment Package to the orchestrator's catalog, to this project or to one that is asked for. */
  readonly upload: boolean
  readonly project: string | undefined
  readonly dryRun: boolean
  readonly diff: boolean
  /** Lets go of settings that this run does not repeat. */
  readonly replace: boolean
  /** Confirmations are answered already: optional questions are not put. */
  readonly yes: boolean
}

/** Runs on other machines: what this one has says nothing. */
export function isRemote(target: InitTarget | undefined): boolean {
  return target === 'helm' || target === 'deployment-package'
}
