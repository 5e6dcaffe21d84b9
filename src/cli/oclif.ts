import { Config } from '@oclif/core/config'
import type { PJSON, Plugin } from '@oclif/core/interfaces'

const programName = 'emf-pxe'

/**
 * oclif's configuration, built in memory: nothing is looked for on disk, so that the source,
 * the npm build and the single binary start by the same path. Commands come from our own
 * table (`table.ts`), which loads only the one that runs; oclif parses its flags and arguments.
 */
export async function createOclifConfig(version: string): Promise<Config> {
  const pjson: PJSON = { name: programName, version, oclif: { bin: programName } }
  const root = '/'
  const plugin: Plugin = {
    _base: '',
    alias: programName,
    commandIDs: [],
    commands: [],
    commandsDir: undefined,
    findCommand: async () => {
      throw new Error('commands are found in the table')
    },
    hasManifest: false,
    hooks: {},
    isRoot: true,
    load: async () => {},
    moduleType: 'module',
    name: programName,
    options: { root },
    pjson,
    root,
    topics: [],
    type: 'core',
    valid: true,
    version,
  }
  // Otherwise oclif reads a theme from the home directory; our colours come from `src/ui`.
  process.env.EMF_PXE_DISABLE_THEME = '1'
  return Config.load({ root, pjson, plugins: new Map([[programName, plugin]]) })
}
