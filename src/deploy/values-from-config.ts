import { readFile } from 'node:fs/promises'
import { parseConfigText } from '../config/document.ts'
import { configTextIfThere, layAll, type Override, readConfigText } from '../config/load.ts'
import { migrateConfig } from '../config/migrate.ts'
import type { FieldPath } from '../config/problem.ts'
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
  const { configFile, interfaces, orchestrator } = sources
  const text = await configTextIfThere(configFile)
  if (text === undefined && interfaces === undefined)
    throw new EmfPxeError('CONFIG_MISSING', {
      message: `${configFile} does not exist, and no --interface says where to serve.`,
      hint: 'Pass --interface and --orchestrator, or --config FILE',
    })
  const overrides = [
    given(
      ['interfaces'],
      interfaces?.map((name) => ({ name })),
      '--interface',
    ),
    given(['orchestrator', 'fqdn'], orchestrator, '--orchestrator'),
  ].flat()
  // Every problem is named, with its line or its flag, before anything is drawn from a wrong value.
  readConfigText(text ?? '{}', text === undefined ? 'what the flags say' : configFile, overrides)
  const config = layAll(migrateConfig(parseConfigText(text ?? '{}').value).value, overrides) as ConfigInput
  return {
    config,
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

function given(path: FieldPath, value: unknown, origin: string): Override[] {
  return value === undefined ? [] : [{ path, value, origin }]
}

async function caCertificate(file: string | undefined): Promise<{ readonly caCertificate?: string }> {
  if (file === undefined) return {}
  return { caCertificate: await readFile(file, 'utf8') }
}
