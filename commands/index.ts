import type { CommandTable } from '../src/cli/table.ts'

/** Every command. The order is the order of the help. */
export const commandTable: CommandTable = {
  version: {
    group: 'Help',
    summary: 'Show the version of emf-pxe and what it was built from',
    load: async () => (await import('./version.ts')).default,
  },
}
