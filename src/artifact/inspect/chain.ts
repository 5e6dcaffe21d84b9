import type { X509Certificate } from 'node:crypto'

/**
 * The certificates from `leaf` upwards, as far as `pool` holds issuers. Dates are not looked at:
 * firmware has no trustworthy clock and ignores them.
 */
export function chainFrom(
  leaf: X509Certificate,
  pool: readonly X509Certificate[],
): readonly X509Certificate[] {
  const chain = [leaf]
  let current: X509Certificate | undefined = leaf
  while (current !== undefined && chain.length <= pool.length) {
    current = pool.find(
      (candidate) => !chain.some((link) => same(link, candidate)) && issued(candidate, current),
    )
    if (current !== undefined) chain.push(current)
  }
  return chain
}

/**
 * The anchor that vouches for a chain: one of its certificates, or the issuer of one. An anchor need
 * not be a root, as in Secure Boot's db (edk2 verifies with X509_V_FLAG_PARTIAL_CHAIN).
 */
export function anchorOf(
  chain: readonly X509Certificate[],
  anchors: readonly X509Certificate[],
): X509Certificate | undefined {
  for (const link of chain) {
    const anchor = anchors.find((candidate) => same(candidate, link) || issued(candidate, link))
    if (anchor !== undefined) return anchor
  }
  return undefined
}

/** Did `issuer`, a certificate authority, sign `subject`? */
export function issued(issuer: X509Certificate, subject: X509Certificate | undefined): boolean {
  try {
    return (
      subject !== undefined && issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey)
    )
  } catch {
    return false // A key of a kind that the platform does not know.
  }
}

function same(one: X509Certificate, other: X509Certificate): boolean {
  return one.raw.equals(other.raw)
}
