import { randomBytes } from 'node:crypto'

/** First three bytes of the MAC addresses that our own questions carry: locally administered, `emf` in part. */
export const probePrefix = '02:65:6d'

/**
 * A MAC address that no machine has. A new one for each question: a server that remembers nodes (we do:
 * one that asks again soon is given another form of offer) must not take it for a node that came back.
 */
export function probeMac(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))
  return [probePrefix, ...tail].join(':')
}

/** True for a node that was only played by `probe` or `status`. */
export function isProbe(mac: string): boolean {
  return mac.startsWith(`${probePrefix}:`)
}
