import { homedir, userInfo } from 'node:os'

/**
 * Keeps Node's notices about features it calls experimental (FFI, SQLite) off stderr: the
 * Node version is pinned and tested. Every other warning is still printed. Done in the
 * process, so that the source, the npm build and the single binary behave alike.
 */
export function muteExperimentalWarnings(): void {
  const printers = process.listeners('warning')
  process.removeAllListeners('warning')
  process.on('warning', (warning) => {
    if (warning.name === 'ExperimentalWarning') return
    for (const print of printers) print(warning)
  })
}

/**
 * A user without an entry in /etc/passwd (a container, an empty chroot) has no home and no
 * shell; libraries that ask for them while they load would end the program.
 */
export function answerForStrangers(): void {
  try {
    userInfo()
    homedir()
  } catch {
    process.env.HOME ??= '/'
    process.env.SHELL ??= '/bin/sh'
  }
}
