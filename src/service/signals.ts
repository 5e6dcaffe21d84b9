/** What the outside may ask of a running service. */
export interface SignalHandlers {
  /** SIGTERM or SIGINT for the first time: finish what is running. */
  readonly drain: () => void
  /** A second one: stop at once. */
  readonly force: () => void
  /** SIGHUP: read the configuration again. */
  readonly reload: () => void
}

/** Listens to the process’s signals; the returned function stops listening. */
export function onSignals(handlers: SignalHandlers): () => void {
  let stopping = false
  const stop = () => {
    if (stopping) return handlers.force()
    stopping = true
    handlers.drain()
  }
  const listeners = { SIGTERM: stop, SIGINT: stop, SIGHUP: handlers.reload } as const
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener)
  return () => {
    for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener)
  }
}

/** Fires when a person or the system wants the program to end: for what goes on until then. */
export function untilSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop.abort())
  return stop.signal
}
