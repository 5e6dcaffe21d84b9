import { parseConfigText } from '../config/document.ts'
import { configTextIfThere, readConfigText } from '../config/load.ts'
import { migrateConfig } from '../config/migrate.ts'
import type { ConfigInput } from '../config/schema.ts'

/** The configuration that is there already; undefined when there is none. @throws EmfPxeError CONFIG_INVALID, CONFIG_UNREADABLE */
export async function presentConfig(file: string): Promise<ConfigInput | undefined> {
  const text = await configTextIfThere(file)
  if (text === undefined) return undefined
  // Every problem is named before anything is built on a wrong value.
  readConfigText(text, file)
  return migrateConfig(parseConfigText(text).value).value as ConfigInput
}
