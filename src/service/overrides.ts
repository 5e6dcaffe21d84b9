import type { Override } from '../config/load.ts'

/** What flags of `serve` lay over the configuration file. */
export function serveOverrides(interfaces: readonly string[] | undefined): Override[] {
  if (interfaces === undefined || interfaces.length === 0) return []
  return [{ path: ['interfaces'], value: interfaces.map((name) => ({ name })), origin: '--interface' }]
}
