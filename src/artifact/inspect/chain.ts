import type { Certificate } from './certificate.ts'

/**
 * The certificates from `leaf` upwards, as far as `pool` holds issuers. Dates are not looked at:
 * firmware has no trustworthy clock and ignores them.
 */
export function chainFrom(leaf: Certificate, pool: readonly Certificate[]): readonly Certificate[] {
  const chain = [leaf]
  let current: Certificate | undefined = leaf
  while (current !== undefined && chain.length <= pool.length) {
    const subject: Certificate = current
    current = pool.find((candidate) => !chain.includes(candidate) && issued(candidate, subject))
    if (current !== undefined) chain.push(current)
  }
  return chain
}

/**
 * The anchor that vouches for a chain: one of its certificates, or the issuer of one. An anchor need
 * not be a root, as in Secure Boot's db (edk2 verifies with X509_V_FLAG_PARTIAL_CHAIN).
 */
export function anchorOf(
  chain: readonly Certificate[],
  anchors: readonly Certificate[],
): Certificate | undefined {
  for (const link of chain) {
    const anchor = anchors.find((candidate) => same(candidate, link) || issued(candidate, link))
    if (anchor !== undefined) return anchor
  }
  return undefined
}

/** Did `issuer`, a certificate authority, sign `subject`? A self-signed certificate issued itself. */
export function issued(issuer: Certificate, subject: Certificate): boolean {
  try {
    const { x509 } = issuer
    return x509.ca && subject.x509.checkIssued(x509) && subject.x509.verify(x509.publicKey)
  } catch {
    return false // A key of a kind that the platform does not know.
  }
}

function same(one: Certificate, other: Certificate): boolean {
  return one.report.sha256 === other.report.sha256
}
