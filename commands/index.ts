import type { CommandTable } from '../src/cli/table.ts'

/** Every command. The order is the order of the help. */
export const commandTable: CommandTable = {
  serve: {
    group: 'Run',
    summary: 'Answer network boot requests in the foreground',
    load: async () => (await import('./serve.ts')).default,
  },
  explain: {
    group: 'Help',
    summary: 'Explain an error code, ours or one on a node’s screen',
    load: async () => (await import('./explain.ts')).default,
  },
  completion: {
    group: 'Help',
    summary: 'Print a completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).default,
  },
  licenses: {
    group: 'Help',
    summary: 'Print the licences of everything inside',
    load: async () => (await import('./licenses.ts')).default,
  },
  version: {
    group: 'Help',
    summary: 'Show the version of emf-pxe and what it was built from',
    load: async () => (await import('./version.ts')).default,
  },
}
