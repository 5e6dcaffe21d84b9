import { commandTable } from '../commands/index.ts'
import { createProgram } from '../src/cli/program.ts'
import { answerForStrangers, muteExperimentalWarnings } from '../src/cli/surroundings.ts'
import { readSwitches } from '../src/cli/switches.ts'

/** Runs the program on this process. stdout and stderr are written synchronously on Linux, so exiting loses nothing. */
export async function main(): Promise<void> {
  muteExperimentalWarnings()
  answerForStrangers()
  process.stdout.on('error', ignoreMissingReader)
  // For what others print: libraries and the programs that we start.
  if (readSwitches(process.argv.slice(2), process.env).noColor) process.env.NO_COLOR = '1'
  const program = createProgram(process.argv.slice(2), commandTable, {
    environment: process.env,
    streams: process,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener).on('SIGTERM', listener)
      return () => process.off('SIGINT', listener).off('SIGTERM', listener)
    },
  })
  process.on('uncaughtException', (error) => process.exit(program.fail(error)))
  process.exit(await program.run())
}

/** `emf-pxe … | head`: the reader has seen enough. */
function ignoreMissingReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
