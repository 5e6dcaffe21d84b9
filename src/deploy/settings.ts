import { shellWord } from '../config/places.ts'
import type { ConfigInput } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import {
  type DeployTarget,
  defaultKubernetes,
  defaultPaths,
  type KubernetesValues,
  type RenderValues,
} from './values.ts'

export interface DroppedSetting {
  /** `interfaces.eth2`, `allow.macs.52:54:00:12:34:56`, `relay`. */
  readonly field: string
  readonly value: string
}

/**
 * Settings that are written down now and would be gone. A changed value is not dropped; a list
 * loses the entries that are not in the new one. Pure.
 */
export function droppedSettings(present: unknown, next: ConfigInput): readonly DroppedSetting[] {
  return dropped(present, next, [])
}

function dropped(present: unknown, next: unknown, path: readonly string[]): readonly DroppedSetting[] {
  if (present === undefined || present === null) return []
  if (Array.isArray(present)) return droppedEntries(present, Array.isArray(next) ? next : [], path)
  if (typeof present === 'object') {
    const fields = (typeof next === 'object' && next !== null ? next : {}) as Readonly<
      Record<string, unknown>
    >
    return Object.entries(present)
      .filter(([key]) => path.length > 0 || key !== 'version')
      .flatMap(([key, value]) => dropped(value, fields[key], [...path, key]))
  }
  return next === undefined ? [{ field: path.join('.'), value: String(present) }] : []
}

function droppedEntries(
  present: readonly unknown[],
  next: readonly unknown[],
  path: readonly string[],
): readonly DroppedSetting[] {
  const kept = new Set(next.map(entryName))
  return present
    .filter((entry) => !kept.has(entryName(entry)))
    .map((entry) => ({ field: path.join('.'), value: entryName(entry) }))
}

/** An interface is known by its name, so that another address for it is a change and not a loss. */
function entryName(entry: unknown): string {
  const name = (entry as { readonly name?: unknown } | null)?.name
  return typeof name === 'string' ? name : JSON.stringify(entry).replaceAll('"', '')
}

/** Throws DEPLOY_WOULD_DROP with the command that keeps everything. */
export function refuseDropping(present: unknown, target: DeployTarget | 'none', values: RenderValues): void {
  const lost = droppedSettings(present, values.config)
  if (lost.length === 0) return
  const lines = lost.map(({ field, value }) => `  ${field}: ${escapeText(value)}`)
  throw new EmfPxeError('DEPLOY_WOULD_DROP', {
    message: `${values.paths.configFile} has settings that this run does not repeat:\n${lines.join('\n')}`,
    hint: `${initCommand(target, { ...values, config: keepingAll(present, values.config) })}\nor add --replace to this run, and they go.`,
  })
}

/** The new settings, and below them everything of the present ones that they leave out. */
function keepingAll(present: unknown, next: ConfigInput): ConfigInput {
  return merge(present, next) as ConfigInput
}

function merge(present: unknown, next: unknown): unknown {
  if (next === undefined) return present
  if (Array.isArray(present) && Array.isArray(next)) {
    const names = new Set(next.map(entryName))
    return [...next, ...present.filter((entry) => !names.has(entryName(entry)))]
  }
  if (!isRecord(present) || !isRecord(next)) return next
  const keys = new Set([...Object.keys(next), ...Object.keys(present)])
  return Object.fromEntries([...keys].map((key) => [key, merge(present[key], next[key])]))
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The same installation again, without questions. */
export function initCommand(
  target: DeployTarget | 'none',
  { config, paths, kubernetes, version }: RenderValues,
): string {
  const { orchestrator = {} } = config
  const flag = (name: string, value: string | undefined, usual?: string) =>
    value === undefined || value === usual ? [] : [`--${name}`, shellWord(value)]
  return [
    'emf-pxe init',
    ...config.interfaces.flatMap(({ name }) => flag('interface', name)),
    ...flag('orchestrator', orchestrator.fqdn),
    ...flag('artifact-url', orchestrator.artifactUrl),
    ...flag('ca-file', orchestrator.caFile),
    ...flag('trust-fingerprint', orchestrator.trustFingerprint),
    ...flag('proxy', orchestrator.proxy),
    ...flag('token-file', orchestrator.tokenFile),
    ...flag('target', target),
    ...(target === 'helm' || target === 'deployment-package' ? kubernetesFlags(kubernetes, version) : []),
    ...flag('config', paths.configFile, defaultPaths.configFile),
    ...flag('state-dir', paths.stateDirectory, defaultPaths.stateDirectory),
    '--yes',
  ].join(' ')
}

function kubernetesFlags(kubernetes: KubernetesValues, version: string): readonly string[] {
  const { release, namespace, imageRepository, imageTag, chartRegistry } = kubernetes
  const usual = defaultKubernetes(version)
  const flag = (name: string, value: string, isUsual: boolean) =>
    isUsual ? [] : [`--${name}`, shellWord(value)]
  const isOwnTag = imageTag !== usual.imageTag
  return [
    ...flag('release', release, release === usual.release),
    ...flag('namespace', namespace, namespace === usual.namespace),
    ...flag(
      'image',
      isOwnTag ? `${imageRepository}:${imageTag}` : imageRepository,
      !isOwnTag && imageRepository === usual.imageRepository,
    ),
    ...flag('chart-registry', chartRegistry, chartRegistry === usual.chartRegistry),
  ]
}
