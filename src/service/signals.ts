import { isatty } from 'node:tty'
import { type ExitCode, exitCodes } from '../errors/exit-codes.ts'

/** What the outside may ask of a running service. */
export interface SignalHandlers {
  /** SIGTERM, SIGINT or a closed terminal for the first time: finish what is running, then end with this code. */
  readonly drain: (end: ExitCode) => void
  /** SIGTERM or SIGINT once more: stop at once. */
  readonly force: (end: ExitCode) => void
  /** SIGHUP: read the configuration again. */
  readonly reload: () => void
}

/**
 * Listens to the process’s signals; the returned function stops listening. SIGHUP has two meanings, told
 * apart by whether the terminal is still there that we were started on: without it nobody could see or
 * end us, while we held the ports.
 */
export function onSignals(handlers: SignalHandlers, terminals = openTerminals()): () => void {
  let end: ExitCode | undefined
  const stop = () => {
    if (end !== undefined) return handlers.force(end)
    end = exitCodes.ok
    handlers.drain(end)
  }
  const hangUp = () => {
    if (terminals.every((descriptor) => isatty(descriptor))) return handlers.reload()
    // Both the kernel and the shell say it: the second time is no impatience.
    if (end !== undefined) return
    end = exitCodes.hangup
    handlers.drain(end)
  }
  const listeners = { SIGTERM: stop, SIGINT: stop, SIGHUP: hangUp } as const
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener)
  }
}

/** Of stdin, stdout and stderr those that are a terminal: one that was closed no longer is. */
function openTerminals(): readonly number[] {
  return [0, 1, 2].filter((descriptor) => isatty(descriptor))
}

/** Fires when a person or the system wants the program to end: for what goes on until then. */
export function untilSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, (name) => stop.abort(name))
  return stop.signal
}

/** What a command ends with that goes on until a signal: to be stopped is no error for it. */
export function endOf(signal: AbortSignal): ExitCode {
  return signal.reason === 'SIGHUP' ? exitCodes.hangup : exitCodes.ok
}
