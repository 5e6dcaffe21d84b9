/** Whole numbers from 0 up to, not including, `below`; the same ones for the same seed on every machine. */
export type Random = (below: number) => number

/** Marsaglia's xorshift with 32 bits of state: fast, and good enough to choose what to break. */
export function randomNumbers(seed: number): Random {
  // Mixed first, so that neighbouring seeds begin far apart; a state of zero would stay there.
  let state = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) | 1
  return (below) => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % below
  }
}

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  const chosen = choices[random(choices.length)]
  if (chosen === undefined) throw new RangeError('nothing to choose from')
  return chosen
}
