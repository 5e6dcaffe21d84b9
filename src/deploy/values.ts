import { defaultConfigFile, defaultStateDirectory } from '../config/places.ts'
import type { ConfigInput } from '../config/schema.ts'

/** Ways to run on a site. `emf-pxe init --target none` writes configuration and artifact only. */
export const deployTargets = ['systemd', 'docker', 'helm', 'deployment-package'] as const
export type DeployTarget = (typeof deployTargets)[number]

/** Everything a rendered file may depend on; nothing is read from the machine while rendering. */
export interface RenderValues {
  /** What the person decided; fields left out keep their defaults. */
  readonly config: ConfigInput
  /** Text of the configuration file that is there already: comments and order in it are kept. */
  readonly configText?: string
  /** PEM text of `orchestrator.caFile`, for targets that run on another machine. */
  readonly caCertificate?: string
  /** Version of this program, `0.1.0`. */
  readonly version: string
  readonly paths: InstallPaths
  readonly kubernetes: KubernetesValues
}

export interface InstallPaths {
  /** Words that start the program: the single binary, or Node and a script. */
  readonly program: readonly [string, ...string[]]
  readonly configFile: string
  readonly stateDirectory: string
}

export interface KubernetesValues {
  readonly release: string
  readonly namespace: string
  /** Image without its tag, `registry.example.com/emf-pxe`. */
  readonly imageRepository: string
  readonly imageTag: string
  /** Where the orchestrator finds the chart, `oci://registry.example.com/charts`. */
  readonly chartRegistry: string
  /** YAML text of `--values`, laid over the chart's values of this site. */
  readonly ownValues?: string
}

export const defaultPaths: InstallPaths = {
  program: ['/usr/local/bin/emf-pxe'],
  configFile: defaultConfigFile,
  stateDirectory: defaultStateDirectory,
}

/** Stands in a package until somebody names a real one. */
export const exampleChartRegistry = 'oci://registry.example.com/charts'

export function defaultKubernetes(version: string): KubernetesValues {
  return {
    release: 'emf-pxe',
    namespace: 'emf-pxe',
    imageRepository: 'emf-pxe',
    imageTag: version,
    chartRegistry: exampleChartRegistry,
  }
}

/** One file of a deployment. */
export interface RenderedFile {
  /** Short name: where `emf-pxe render --output DIR` puts it below DIR. */
  readonly name: string
  /** Where the installation puts it on this machine; undefined when it stays in a bundle. */
  readonly path?: string
  /** Permission bits. */
  readonly mode: number
  readonly content: string | Uint8Array
}

/** Reads a template by its name, `systemd/emf-pxe.service`; a parameter, so that rendering stays pure. */
export type ReadTemplate = (name: string) => string

/** User and group of the program inside a container. */
export const containerUser = 65_532
