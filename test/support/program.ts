import { clearLine, cursorTo, type Direction, moveCursor } from 'node:readline'
import { PassThrough } from 'node:stream'
import { commandTable } from '../../commands/index.ts'
import type { StopSignal } from '../../src/cli/interrupt.ts'
import { createProgram } from '../../src/cli/program.ts'
import type { CommandTable } from '../../src/cli/table.ts'
import type { Environment, Streams } from '../../src/ui/streams.ts'

export interface MemoryTerminal {
  readonly streams: Streams
  stdout(): string
  stderr(): string
}

/** Streams in memory; `columns` makes them a terminal of that width (0: a serial console). */
export function memoryTerminal(columns?: number): MemoryTerminal {
  const stream = () => (columns === undefined ? new PassThrough() : terminalStream(columns))
  const [stdin, stdout, stderr] = [stream(), stream(), stream()]
  return {
    streams: { stdin, stdout, stderr },
    stdout: () => drain(stdout),
    stderr: () => drain(stderr),
  }
}

/** What `tty.WriteStream` adds to a stream, by writing the same control sequences. */
function terminalStream(columns: number): PassThrough {
  const stream = new PassThrough()
  return Object.assign(stream, {
    isTTY: true,
    columns,
    cursorTo: (x: number, y?: number) => cursorTo(stream, x, y),
    moveCursor: (dx: number, dy: number) => moveCursor(stream, dx, dy),
    clearLine: (direction: Direction) => clearLine(stream, direction),
  })
}

function drain(stream: PassThrough): string {
  const chunks: Buffer[] = []
  for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

export interface ProgramRun {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** One run of the program in this process. The environment is UTF-8 and otherwise empty. */
export async function runInMemory(
  argv: readonly string[],
  options: {
    readonly table?: CommandTable
    readonly environment?: Environment
    readonly columns?: number
    /** Given a function that interrupts the program, as Ctrl-C does with SIGINT. */
    readonly onStart?: (interrupt: (signal: StopSignal) => void) => void
  } = {},
): Promise<ProgramRun> {
  const terminal = memoryTerminal(options.columns)
  const program = createProgram(argv, options.table ?? commandTable, {
    environment: { LANG: 'C.UTF-8', ...options.environment },
    streams: terminal.streams,
    onInterrupt: (listener) => {
      options.onStart?.(listener)
      return () => {}
    },
  })
  const exitCode = await program.run()
  return { exitCode, stdout: terminal.stdout(), stderr: terminal.stderr() }
}
