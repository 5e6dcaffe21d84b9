/** Numbers in [0, 1) that are the same for the same seed: losses that can be repeated. */
export function seededRandom(seed: number): () => number {
  // Neighbouring small seeds begin alike in xorshift; spread over all bits they do not.
  let state = Math.imul(seed + 1, 0x9e3779b9) >>> 0 || 1
  const next = () => {
    // xorshift32 (Marsaglia, 2003): full period but for 0, good enough to throw dice.
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state / 0x1_0000_0000
  }
  for (let warmUp = 0; warmUp < 8; warmUp++) next()
  return next
}
