import type { Environment, Streams } from '../ui/streams.ts'
import { createUi, type Switches, type Ui } from '../ui/ui.ts'
import { readSwitches } from './switches.ts'
import type { CommandTable } from './table.ts'

/** What one run of the program has to work with; tests make their own. */
export interface RunContext {
  readonly table: CommandTable
  readonly environment: Environment
  readonly streams: Streams
  readonly switches: Switches
  readonly ui: Ui
  /** Fires at the first SIGINT, SIGTERM or SIGHUP. */
  readonly abort: AbortSignal
}

export function createContext(
  argv: readonly string[],
  table: CommandTable,
  host: { readonly environment: Environment; readonly streams: Streams; readonly abort: AbortSignal },
): RunContext {
  const switches = readSwitches(argv, host.environment)
  return { ...host, table, switches, ui: createUi(host.streams, host.environment, switches, host.abort) }
}
