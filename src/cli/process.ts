import { createProgram } from './program.ts'
import { answerForStrangers, muteExperimentalWarnings } from './surroundings.ts'
import { readSwitches } from './switches.ts'
import type { CommandTable } from './table.ts'

/** Runs the program on this process, and ends it with the program's exit code when all is written. */
export async function startProcess(table: CommandTable, argv = process.argv.slice(2)): Promise<void> {
  muteExperimentalWarnings()
  answerForStrangers()
  process.stdout.on('error', ignoreMissingReader)
  // For what others print: libraries and the programs that we start.
  if (readSwitches(argv, process.env).noColor) process.env.NO_COLOR = '1'
  const program = createProgram(argv, table, {
    environment: process.env,
    streams: process,
    onInterrupt: (listener) => {
      process.on('SIGINT', listener).on('SIGTERM', listener)
      return () => process.off('SIGINT', listener).off('SIGTERM', listener)
    },
  })
  process.on('uncaughtException', (error) => process.exit(program.fail(error)))
  const exitCode = await program.run()
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  process.exit(exitCode)
}

/** A pipe takes 64 kB at once; what is beyond waits for its reader, and exiting would lose it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

/** `emf-pxe … | head`: the reader has seen enough. */
function ignoreMissingReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
