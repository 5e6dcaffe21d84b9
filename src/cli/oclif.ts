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
  return withoutAsking(() => Config.load({ root, pjson, plugins: new Map([[programName, plugin]]) }))
}

/**
 * oclif asks the system for the user's home and shell, which fails for a user that has no
 * entry in /etc/passwd (containers, an empty chroot), and reads a theme from the home directory.
 */
async function withoutAsking<T>(task: () => Promise<T>): Promise<T> {
  const answers = { HOME: '/', SHELL: '/bin/sh', EMF_PXE_DISABLE_THEME: '1' }
  const unset = Object.entries(answers).filter(([name]) => (process.env[name] ?? '') === '')
  for (const [name, value] of unset) process.env[name] = value
  try {
    return await task()
  } finally {
    for (const [name] of unset) delete process.env[name]
  }
}
