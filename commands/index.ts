import type { CommandTable } from '../src/cli/table.ts'

/** Every command. The order is the order of the help. */
export const commandTable: CommandTable = {
  init: {
    group: 'Set up',
    summary: 'Set this site up, step by step or by flags alone',
    load: async () => (await import('./init.ts')).default,
  },
  serve: {
    group: 'Run',
    summary: 'Answer network boot requests in the foreground',
    load: async () => (await import('./serve.ts')).default,
  },
  fetch: {
    group: 'Run',
    summary: 'Fetch the boot file again if there is a newer one',
    load: async () => (await import('./fetch.ts')).default,
  },
  watch: {
    group: 'Look',
    summary: 'See nodes boot, live, from beside the service',
    load: async () => (await import('./watch.ts')).default,
  },
  rollback: {
    group: 'Run',
    summary: 'Go back to the boot file from before the last change',
    load: async () => (await import('./rollback.ts')).default,
  },
  health: {
    group: 'Look',
    summary: 'Ask the running service whether nodes are served',
    load: async () => (await import('./health.ts')).default,
  },
  status: {
    group: 'Look',
    summary: 'Check everything from this machine to the orchestrator',
    load: async () => (await import('./status.ts')).default,
  },
  probe: {
    group: 'Look',
    summary: 'Play a node and show every answer on the LAN',
    load: async () => (await import('./probe.ts')).default,
  },
  inspect: {
    group: 'Look',
    summary: 'Say what a boot file is, who signed it, what it trusts',
    load: async () => (await import('./inspect.ts')).default,
  },
  nodes: {
    group: 'Look',
    summary: 'List the nodes that have asked to boot',
    load: async () => (await import('./nodes/list.ts')).default,
  },
  'nodes export': {
    group: 'Look',
    summary: 'Print the nodes as a CSV file for the orchestrator',
    load: async () => (await import('./nodes/export.ts')).default,
  },
  'nodes register': {
    group: 'Set up',
    summary: 'Register the nodes with the orchestrator',
    load: async () => (await import('./nodes/register.ts')).default,
  },
  upgrade: {
    group: 'Set up',
    summary: 'Install another version in place, or go back',
    load: async () => (await import('./upgrade.ts')).default,
  },
  uninstall: {
    group: 'Set up',
    summary: 'Take away what init installed',
    load: async () => (await import('./uninstall.ts')).default,
  },
  render: {
    group: 'Set up',
    summary: 'Print the files that init would install',
    load: async () => (await import('./render.ts')).default,
  },
  'grant-ports': {
    group: 'Set up',
    summary: 'Let any user serve on ports below 1024',
    load: async () => (await import('./grant-ports.ts')).default,
  },
  hints: {
    group: 'Set up',
    summary: 'Print lines for a DHCP server that names our boot file',
    load: async () => (await import('./hints.ts')).default,
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
