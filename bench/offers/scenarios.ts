/** What happens on the LAN at once. */
export interface OffersScenario {
  readonly name: string
  /** Nodes that fetch at once; 0: nobody does. */
  readonly fetching: number
  /** Nodes that discover, one after the other, until everybody has fetched (or all of them have asked). */
  readonly discovering: number
  /** From one of them to the next, milliseconds. */
  readonly spaceMs: number
  /** DISCOVERs a second of a flood beside them. */
  readonly floodPerSecond?: number
  /** Hardware addresses in the flood; 0: each DISCOVER has one of its own. */
  readonly floodAddresses?: number
  /** Scenario without the flood that the time of the transfers is compared with. */
  readonly comparedWith?: string
}

const full = '1000 nodes fetch, 100 a second discover'
const calm = '300 nodes fetch, 50 discover'
const several = { fetching: 300, discovering: 50, spaceMs: 40 } as const

export const offersScenarios: readonly OffersScenario[] = [
  { name: 'at rest, 100 a second discover', fetching: 0, discovering: 500, spaceMs: 10 },
  { name: full, fetching: 1000, discovering: 100_000, spaceMs: 10 },
  { name: calm, ...several },
  {
    name: '300 nodes fetch, 50 discover, flood of 20,000/s, all different',
    ...several,
    floodPerSecond: 20_000,
    comparedWith: calm,
  },
  {
    name: '300 nodes fetch, 50 discover, flood of 20,000/s from one address',
    ...several,
    floodPerSecond: 20_000,
    floodAddresses: 1,
    comparedWith: calm,
  },
]
