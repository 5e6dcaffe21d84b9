#!/usr/bin/env node
import { commandTable } from '../commands/index.ts'
import { runProgram } from '../src/cli/program.ts'
import { answerForStrangers, muteExperimentalWarnings } from '../src/cli/surroundings.ts'

muteExperimentalWarnings()
answerForStrangers()
process.stdout.on('error', endQuietlyWithoutReader)
// stdout and stderr are written synchronously on Linux, so nothing is lost by exiting here.
runProgram(process.argv.slice(2), commandTable, {
  environment: process.env,
  streams: process,
  onInterrupt: (listener) => {
    process.on('SIGINT', listener).on('SIGTERM', listener)
    return () => process.off('SIGINT', listener).off('SIGTERM', listener)
  },
}).then((code) => process.exit(code))

/** `emf-pxe … | head`: the reader has seen enough. */
function endQuietlyWithoutReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
