import type { BootFileSource } from '../engine/boot-files.ts'
import type { Clock } from '../net/datagram.ts'

/** Sooner than a node gives up: edk2 asks at 0, 4, 12 and 28 s. */
const lookAgainMs = 2_000

/**
 * While a boot file is missing, looks whether it has come: copied there by a person, or stored by
 * `fetch`. `load` then reads it, and nodes are offered it from that moment. What is still being
 * copied is not a boot file yet: two looks must see the same bytes. The returned function ends it.
 */
export function awaitBootFiles(
  clock: Clock,
  missing: () => readonly BootFileSource[],
  load: () => Promise<void>,
): () => void {
  let seen = new Map<string, Uint8Array>()
  let ended = false
  let cancel = () => {}
  const look = async () => {
    const now = await readAll(missing())
    const hasCome = [...now].some(([path, bytes]) => isSame(bytes, seen.get(path)))
    seen = hasCome ? new Map() : now
    if (hasCome) await load()
    if (!ended) cancel = clock.schedule(lookAgainMs, look)
  }
  cancel = clock.schedule(lookAgainMs, look)
  return () => {
    ended = true
    cancel()
  }
}

/** What can be read of them, by path. */
async function readAll(sources: readonly BootFileSource[]): Promise<Map<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>()
  for (const { path, read } of sources) {
    const bytes = await read().catch(() => undefined)
    if (bytes !== undefined && bytes.length > 0) found.set(path, bytes)
  }
  return found
}

function isSame(bytes: Uint8Array, before: Uint8Array | undefined): boolean {
  return before !== undefined && Buffer.compare(bytes, before) === 0
}
