/** First three bytes of the MAC addresses that our own questions carry: locally administered, `emf` in part. */
export const playedPrefix = '02:65:6d'

/** True for a node that was only played by `probe` or `status`: nothing was to come of it. */
export function isPlayed(mac: string): boolean {
  return mac.startsWith(`${playedPrefix}:`)
}
