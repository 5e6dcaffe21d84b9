import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { NicState } from '../engine/stations.ts'

const pollMs = 1000

/**
 * Watches NICs by looking once a second, which costs under a millisecond; calls back at once and
 * then at every change. The returned function stops watching.
 */
export function watchNics(
  names: readonly string[],
  onChange: (states: readonly NicState[]) => void,
): () => void {
  let last = ''
  const look = () => {
    const states = names.map(nicState)
    const now = JSON.stringify(states)
    if (now === last) return
    last = now
    onChange(states)
  }
  look()
  const timer = setInterval(look, pollMs)
  return () => clearInterval(timer)
}

function nicState(name: string): NicState {
  const addresses = (networkInterfaces()[name] ?? [])
    .filter((info) => info.family === 'IPv4')
    .map((info) => info.address)
  return { name, addresses, problem: problemOf(name, addresses) }
}

function problemOf(name: string, addresses: readonly string[]): NicState['problem'] {
  const state = linkState(name)
  if (state === undefined) return 'missing'
  if (state === 'down') return 'down'
  return addresses.length === 0 ? 'no-ipv4' : undefined
}

/** `operstate` of the kernel: up, down, unknown (loopback, tunnels); undefined when there is no such NIC. */
function linkState(name: string): string | undefined {
  try {
    return readFileSync(`/sys/class/net/${name}/operstate`, 'utf8').trim()
  } catch {
    return undefined
  }
}
