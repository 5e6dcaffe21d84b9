import { join } from 'node:path'
import { defaultStateDirectory } from '../../config/places.ts'

const socketName = 'control.sock'

/**
 * The directory below /run that systemd makes for the service with this state directory, and takes away
 * with it (`RuntimeDirectory=`); undefined for one that is not below /var/lib.
 */
function runDirectoryOf(stateDirectory: string): string | undefined {
  const name = /^\/var\/lib\/([^/].*?)\/?$/.exec(stateDirectory)?.[1]
  return name === undefined ? undefined : `/run/${name}`
}

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
  const isUsual = isRoot && stateDirectory === defaultStateDirectory
  return join((isUsual ? runDirectoryOf(stateDirectory) : undefined) ?? stateDirectory, socketName)
}

/** Where a command beside the service looks for it, in this order. */
export function controlSocketCandidates(stateDirectory: string): string[] {
  const directories = [runDirectoryOf(stateDirectory), stateDirectory]
  return directories.flatMap((directory) => (directory === undefined ? [] : [join(directory, socketName)]))
}
