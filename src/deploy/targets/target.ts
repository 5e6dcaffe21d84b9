import type { DeployHost } from '../host.ts'
import type { DeploySpec } from '../plan.ts'
import type { DeployTarget, RenderedFile, RenderValues } from '../values.ts'

/** The program that is running, when it is one file that can be installed elsewhere. */
export interface ProgramFile {
  /** Readable also when its name has been given to another file: `/proc/self/exe`. */
  readonly path: string
  readonly sha256: string
  readonly sizeBytes: number
}

export interface SpecInput {
  readonly values: RenderValues
  readonly files: readonly RenderedFile[]
  readonly facts: ReadonlyMap<string, string>
  /** Undefined when running from sources or the npm package. */
  readonly program: ProgramFile | undefined
  /** The installed program that would be overwritten by another one. */
  readonly replaced?: ProgramFile
}

/** How one way of running is installed. Everything it does to the machine is in its specification. */
export interface Target {
  readonly name: DeployTarget
  /** Throws when it cannot be installed here at all. */
  check(host: DeployHost, program: ProgramFile | undefined): Promise<void>
  /** Asks the machine what a plan depends on, besides files. */
  observe(host: DeployHost, values: RenderValues): Promise<ReadonlyMap<string, string>>
  /** Pure. */
  specify(input: SpecInput): DeploySpec
  /**
   * Waits until it serves; throws DEPLOY_NOT_HEALTHY with what the service said. `tell` gets what a
   * person should know of an installation that is good all the same.
   */
  verify(host: DeployHost, values: RenderValues, tell: (warning: string) => void): Promise<void>
  /** What the person should know before agreeing: the cluster, a firewall. */
  notes(input: SpecInput): readonly string[]
  /** Commands for afterwards, each with what it is for. */
  readonly afterwards: (
    values: RenderValues,
  ) => readonly { readonly what: string; readonly command: string }[]
}
