import { join } from 'node:path'

const socketName = 'control.sock'
const runDirectory = '/run/emf-pxe'
const usualStateDirectory = '/var/lib/emf-pxe'

/**
 * Where the service opens its control socket: in the directory that systemd made for it
 * (RUNTIME_DIRECTORY), else beside the state. root with the usual state directory takes
 * `/run/emf-pxe`, as a socket has no place on a disk; another state directory is another service,
 * which must not meet the first one.
 */
export function controlSocketPath(
  stateDirectory: string,
  { runtimeDirectory, isRoot }: { readonly runtimeDirectory: string | undefined; readonly isRoot: boolean },
): string {
  const given = runtimeDirectory?.split(':', 1)[0]
  if (given !== undefined && given !== '') return join(given, socketName)
  const directory = isRoot && stateDirectory === usualStateDirectory ? runDirectory : stateDirectory
  return join(directory, socketName)
}

/** Where a command beside the service looks for it, in this order. */
export function controlSocketCandidates(stateDirectory: string): string[] {
  const own = join(stateDirectory, socketName)
  return stateDirectory === usualStateDirectory ? [join(runDirectory, socketName), own] : [own]
}
