import { EmfPxeError } from '../errors/error.ts'

/** What a person, the system or a closed terminal ends a command with. */
export const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
export type StopSignal = (typeof stopSignals)[number]

/** Calls back at each stop signal; returns how to stop listening. */
export type OnInterrupt = (listener: (signal: StopSignal) => void) => () => void

/** Listens to the signals of this process. */
export const onStopSignals: OnInterrupt = (listener) => {
  for (const signal of stopSignals) process.on(signal, listener)
  return () => {
    for (const signal of stopSignals) process.off(signal, listener)
  }
}

/** Time for what can stop to tidy up: temporary files, locks, the cursor. Nobody notices it. */
const tidyMs = 250

export interface Interruption {
  readonly onInterrupt: OnInterrupt
  /** Aborted with the error that the command ends with. */
  readonly interrupt: AbortController
  /** It takes back what it has done, for as long as that lasts; else nothing waits for what cannot stop. */
  readonly takesBack: boolean
}

/**
 * Ends a command at the first stop signal: it is told to stop, and given time to tidy up. A second
 * signal ends it at once. @throws EmfPxeError ABORTED, TERMINAL_CLOSED
 */
export async function untilInterrupted<T>(task: Promise<T>, interruption: Interruption): Promise<T> {
  const { onInterrupt, interrupt, takesBack } = interruption
  const { promise: interrupted, reject } = Promise.withResolvers<never>()
  const forget = onInterrupt((signal) => {
    // A closed terminal is told by the kernel and by the shell: that is no second wish.
    if (interrupt.signal.aborted) return signal === 'SIGHUP' ? undefined : reject(interrupt.signal.reason)
    const reason = stoppedBy(signal, takesBack)
    interrupt.abort(reason)
    if (!takesBack) setTimeout(() => reject(reason), tidyMs)
  })
  try {
    return await Promise.race([task, interrupted])
  } catch (error) {
    throw interrupt.signal.aborted ? interrupt.signal.reason : error
  } finally {
    forget()
  }
}

function stoppedBy(signal: StopSignal, takesBack: boolean): EmfPxeError {
  const hint = takesBack
    ? 'Run the command again when ready.'
    : 'What was already done stays done; run the command again to go on.'
  if (signal === 'SIGHUP')
    return new EmfPxeError('TERMINAL_CLOSED', { message: 'Stopped: the terminal was closed.', hint })
  return new EmfPxeError('ABORTED', { message: 'Stopped by a signal before the end.', hint })
}
