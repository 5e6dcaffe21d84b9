/**
 * Descriptors that the service manager opened for us (sd_listen_fds(3)): numbers from 3, names in
 * LISTEN_FDNAMES, in an order that may change. With them no capability is needed at all.
 */
export type InheritedDescriptors = ReadonlyMap<string, number>

const firstDescriptor = 3
const mostDescriptors = 1024

/** Reads what was handed to this process; empty when the variables are absent or meant for another process. */
export function inheritedDescriptors(
  environment: Readonly<Record<string, string | undefined>>,
  pid: number,
): InheritedDescriptors {
  const count = Number(environment.LISTEN_FDS)
  const forUs = Number(environment.LISTEN_PID) === pid
  if (!forUs || !Number.isInteger(count) || count < 1 || count > mostDescriptors) return new Map()
  const names = (environment.LISTEN_FDNAMES ?? '').split(':')
  const entries = Array.from({ length: count }, (_, index): [string, number] => [
    names[index] || `unnamed-${firstDescriptor + index}`,
    firstDescriptor + index,
  ])
  // The first of a repeated name wins, as it would with sd_listen_fds_with_names(3).
  return new Map(entries.reverse())
}
