import { endAtOnce } from '../host/end-at-once.ts'
import type { Streams } from '../ui/streams.ts'
import { onStopSignals } from './interrupt.ts'
import { createProgram } from './program.ts'
import { answerForStrangers, muteExperimentalWarnings } from './surroundings.ts'
import { readSwitches } from './switches.ts'
import type { CommandTable } from './table.ts'

/** Runs the program on this process, and ends it with the program's exit code when all is written. */
export async function startProcess(table: CommandTable, argv = process.argv.slice(2)): Promise<void> {
  muteExperimentalWarnings()
  answerForStrangers()
  // For what others print: libraries and the programs that we start.
  if (readSwitches(argv, process.env).noColor) process.env.NO_COLOR = '1'
  let isStopped = false
  const program = createProgram(argv, table, {
    environment: process.env,
    streams: standardStreams(),
    onInterrupt: (listener) =>
      onStopSignals((signal) => {
        isStopped = true
        listener(signal)
      }),
  })
  process.on('uncaughtException', (error) => {
    if (!borne.has(error)) process.exit(program.fail(error))
  })
  const exitCode = await program.run()
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  if (isStopped) endAtOnce(exitCode)
  process.exit(exitCode)
}

/** Opened when they are first looked at, which stdin is for a question alone. */
function standardStreams(): Streams {
  for (const stream of [process.stdout, process.stderr]) stream.prependListener('error', bearMissingEnd)
  let stdin: Streams['stdin'] | undefined
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    get stdin() {
      stdin ??= process.stdin.on('error', bearMissingEnd)
      return stdin
    },
  }
}

/** A pipe takes 64 kB at once; what is beyond waits for its reader, and exiting would lose it. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()))
}

/** oclif listens to stdout too, and throws what it does not know. */
const borne = new WeakSet<Error>()

/** `emf-pxe … | head`: the reader has seen enough; EIO: the terminal was closed. */
function bearMissingEnd(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error
  borne.add(error)
}
