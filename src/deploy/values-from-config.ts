import { readFile } from 'node:fs/promises'
import { parseConfigText } from '../config/document.ts'
import { readConfigText } from '../config/load.ts'
import { migrateConfig } from '../config/migrate.ts'
import type { ConfigInput } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import { programWords } from './program-file.ts'
import { defaultKubernetes, type KubernetesValues, type RenderValues } from './values.ts'

export interface ValueSources {
  readonly configFile: string
  readonly stateDirectory: string
  readonly version: string
  /** Given on the command line; wins over the file. */
  readonly interfaces?: readonly string[] | undefined
  readonly orchestrator?: string | undefined
  readonly kubernetes?: Partial<KubernetesValues>
}

/**
 * What is to be rendered: the configuration file with flags laid over it, or flags alone where there
 * is no file. Throws CONFIG_MISSING, naming the flags, when neither says enough; CONFIG_INVALID.
 */
export async function valuesFromConfig(sources: ValueSources): Promise<RenderValues> {
  const text = await readFile(sources.configFile, 'utf8').catch(() => undefined)
  const config = laidOver(text === undefined ? {} : migrateConfig(parseConfigText(text).value).value, sources)
  if (config.interfaces === undefined)
    throw new EmfPxeError('CONFIG_MISSING', {
      message: `${sources.configFile} does not exist, and no --interface says where to serve.`,
      hint: 'Pass --interface and --orchestrator, or --config FILE',
    })
  // Every problem is named before anything is drawn from a wrong value.
  readConfigText(JSON.stringify(config), text === undefined ? 'what the flags say' : sources.configFile)
  return {
    config: config as ConfigInput,
    ...(text === undefined ? {} : { configText: text }),
    ...(await caCertificate(config.orchestrator?.caFile)),
    version: sources.version,
    paths: {
      program: programWords(),
      configFile: sources.configFile,
      stateDirectory: sources.stateDirectory,
    },
    kubernetes: { ...defaultKubernetes(sources.version), ...sources.kubernetes },
  }
}

function laidOver(value: unknown, { interfaces, orchestrator }: ValueSources): Partial<ConfigInput> {
  const config = (typeof value === 'object' && value !== null ? value : {}) as Partial<ConfigInput>
  return {
    ...config,
    ...(interfaces === undefined ? {} : { interfaces: interfaces.map((name) => ({ name })) }),
    ...(orchestrator === undefined ? {} : { orchestrator: { ...config.orchestrator, fqdn: orchestrator } }),
  }
}

async function caCertificate(file: string | undefined): Promise<{ readonly caCertificate?: string }> {
  if (file === undefined) return {}
  return { caCertificate: await readFile(file, 'utf8') }
}
