import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'
import { EmfPxeError } from '../errors/error.ts'
import { errorMessage } from '../errors/error-message.ts'
import { escapeText } from '../ui/text.ts'

/** Values of the chart, as YAML gives them. */
export type ChartValues = Readonly<Record<string, unknown>>

/** Its name in a bundle, and beside the values that `init` writes. */
export const ownValuesName = 'own-values.yaml'

/** Where an installation keeps what `--values` gave, for the runs after it. */
export function ownValuesFile(configFile: string): string {
  return join(dirname(configFile), 'helm', ownValuesName)
}

/** @throws EmfPxeError USAGE when it cannot be read, or holds no values */
export function readOwnValues(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    ownValues(text)
    return text
  } catch (error) {
    throw new EmfPxeError('USAGE', {
      message: `--values ${escapeText(path)}: ${escapeText(errorMessage(error))}`,
      hint: 'A YAML file as `helm --values` takes it, for example: imagePullSecrets: [{name: site-registry}]',
      cause: error,
    })
  }
}

/** The values of such a file. An empty one has none. @throws Error in words when it is something else */
export function ownValues(text: string): ChartValues {
  const value: unknown = parse(text) ?? {}
  if (isMapping(value)) return value
  throw new Error('values are a mapping, `name: value` on each line')
}

/** As Helm lays one file of values over another: mappings entry by entry, anything else whole. Pure. */
export function overlay(below: ChartValues, above: ChartValues): ChartValues {
  const laid = Object.entries(above).map(([key, value]) => {
    const under = below[key]
    return [key, isMapping(under) && isMapping(value) ? overlay(under, value) : value] as const
  })
  return { ...below, ...Object.fromEntries(laid) }
}

function isMapping(value: unknown): value is ChartValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
