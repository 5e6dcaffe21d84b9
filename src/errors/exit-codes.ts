/** Exit codes that scripts rely on; documented in `docs/errors.md`. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  unhealthy: 3,
  configuration: 4,
  host: 5,
  orchestrator: 6,
  artifact: 7,
  serviceManager: 8,
  aborted: 9,
  /** As shells count the end by a signal: 128 + SIGHUP. */
  hangup: 129,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]
