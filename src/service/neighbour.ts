import { readFileSync } from 'node:fs'

/** MAC address of a neighbour, from the kernel's table; undefined when it has none, or no such table can be read. */
export function neighbour(address: string): string | undefined {
  const line = table().find((row) => row.startsWith(`${address} `))
  const mac = line?.split(/\s+/)[3]?.toLowerCase()
  return mac === undefined || mac === '00:00:00:00:00:00' ? undefined : mac
}

function table(): string[] {
  try {
    return readFileSync('/proc/net/arp', 'utf8').split('\n')
  } catch {
    return []
  }
}
