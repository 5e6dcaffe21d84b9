import type { Config } from '../config/schema.ts'
import { systemClock } from '../net/clock.ts'
import { waitsForInterface } from './config-here.ts'

/** The network of a machine that just started comes up within seconds. */
const lookAgainMs = 2_000

/**
 * While a rule fits no NIC, looks again; a NIC that fits is served as after a reload. The returned
 * function ends it.
 */
export function awaitInterfaces(
  current: () => Config,
  read: () => Promise<Config>,
  reload: () => Promise<unknown>,
): () => void {
  let cancel = () => {}
  const look = async () => {
    cancel = systemClock.schedule(lookAgainMs, look)
    if (!waitsForInterface(current())) return
    const { interfaces } = await read().catch(current)
    if (JSON.stringify(interfaces) !== JSON.stringify(current().interfaces)) await reload()
  }
  cancel = systemClock.schedule(lookAgainMs, look)
  return () => cancel()
}
