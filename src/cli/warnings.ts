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
