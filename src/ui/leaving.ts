import { EmfPxeError } from '../errors/error.ts'
import type { InputStream } from './streams.ts'

/**
 * Notices who leaves a question otherwise than with Ctrl-C, of which inquirer knows nothing: it would
 * wait for ever, and Node would end without a word. Aborted with TERMINAL_CLOSED when the terminal is
 * gone, with ABORTED at Ctrl-D. After Ctrl-Z and `fg` the keys are read on.
 */
export function whenLeft(stdin: InputStream): Disposable & { readonly signal: AbortSignal } {
  const left = new AbortController()
  const leave = (code: 'ABORTED' | 'TERMINAL_CLOSED', message: string) => {
    left.abort(new EmfPxeError(code, { message }))
  }
  // readline stops reading for good at Ctrl-D, and for a moment after Ctrl-Z.
  const paused = () => setImmediate(() => stdin.isPaused() && leave('ABORTED', 'Stopped before the end.'))
  const ended = () => leave('TERMINAL_CLOSED', 'Stopped: the terminal was closed.')
  const continued = () => setImmediate(() => stdin.resume())
  stdin.on('pause', paused).on('end', ended)
  process.on('SIGCONT', continued)
  return {
    signal: left.signal,
    [Symbol.dispose]: () => {
      stdin.off('pause', paused).off('end', ended)
      process.off('SIGCONT', continued)
    },
  }
}
