import { openCLibrary } from './c-library.ts'

/**
 * Ends the process without waiting for its threads. `process.exit` waits for one that is in a call to the
 * system which does not return (a pipe that nobody writes to, a share whose server is away): who presses
 * Ctrl-C then would have to find `kill -9`. Returns where there is no C library to ask.
 */
export function endAtOnce(exitCode: number): void {
  const library = openCLibrary({ _exit: { arguments: ['int32'], return: 'void' } })
  if (library === undefined) return
  // What waits for the end has its say as with process.exit.
  process.emit('exit', exitCode)
  library.functions._exit(exitCode)
}
