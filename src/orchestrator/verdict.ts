import type { ErrorCode } from '../errors/catalog.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { TrustPolicy } from './authorities.ts'
import { type CertificateFacts, displayFingerprint, isForHost, normalFingerprint } from './certificate.ts'
import { displayDestination } from './failures.ts'
import type { Destination } from './proxy.ts'

/** Whom we met at the other end of a TLS handshake, trusted or not. */
export interface PeerFacts {
  readonly leaf: CertificateFacts
  /** Leaf first. */
  readonly chain: readonly CertificateFacts[]
  /** `TLSv1.3`. */
  readonly protocol: string
  /** OpenSSL's name: `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string
  /** A TLS inspection product named in the chain, trusted by this machine or not. */
  readonly inspectedBy: string | undefined
  /** `proxy.example.com:3128` when a proxy carried the connection. */
  readonly proxy: string | undefined
}

/** What OpenSSL and Node thought of it: undefined when the chain, the dates and the name are right. */
export type VerifyCode = string | undefined

/** Undefined when the policy trusts this peer, otherwise the error that says why not. */
export function judge(
  peer: PeerFacts,
  verifyCode: VerifyCode,
  at: Destination,
  policy: TrustPolicy,
  nowMs: number,
): EmfPxeError | undefined {
  if (policy.pinnedSha256 !== undefined) return judgePinned(peer, at, policy.pinnedSha256, nowMs)
  if (verifyCode === undefined) return undefined
  if (verifyCode === 'CERT_HAS_EXPIRED' || verifyCode === 'CERT_NOT_YET_VALID')
    return judgeDates(peer.chain, at, nowMs) ?? untrusted(peer, at, verifyCode)
  if (verifyCode === 'ERR_TLS_CERT_ALTNAME_INVALID') return wrongName(peer, at)
  return intercepted(peer, at) ?? untrusted(peer, at, verifyCode)
}

/** The exact certificate that a person confirmed: stronger than names and authorities, but dates still count. */
function judgePinned(peer: PeerFacts, at: Destination, pin: string, nowMs: number): EmfPxeError | undefined {
  if (peer.leaf.sha256 === normalFingerprint(pin)) return judgeDates([peer.leaf], at, nowMs)
  if (peer.inspectedBy !== undefined) return intercepted(peer, at)
  return failure('CERTIFICATE_CHANGED', at, [
    `it serves the certificate ${displayFingerprint(peer.leaf.sha256)}`,
    `wanted the confirmed one, ${displayFingerprint(pin)}`,
  ])
}

function judgeDates(
  chain: readonly CertificateFacts[],
  at: Destination,
  nowMs: number,
): EmfPxeError | undefined {
  const now = `this clock says ${date(nowMs)}`
  const expired = chain.find((certificate) => certificate.validUntilMs < nowMs)
  if (expired !== undefined)
    return failure('CERTIFICATE_EXPIRED', at, [
      `the certificate of ${escapeText(expired.subject)} expired on ${date(expired.validUntilMs)}`,
      now,
    ])
  const early = chain.find((certificate) => certificate.validFromMs > nowMs)
  if (early === undefined) return undefined
  return failure('CERTIFICATE_NOT_YET_VALID', at, [
    `the certificate of ${escapeText(early.subject)} is valid from ${date(early.validFromMs)}`,
    now,
  ])
}

function wrongName(peer: PeerFacts, at: Destination): EmfPxeError {
  return failure('CERTIFICATE_WRONG_NAME', at, [
    `the certificate is for ${namesOf(peer.leaf)}`,
    `wanted ${escapeText(at.host)}`,
  ])
}

function namesOf({ names, subject }: CertificateFacts): string {
  return escapeText(names.length > 0 ? names.join(', ') : subject)
}

/**
 * An inspection product says its name, or a proxy is in use and an unknown authority vouches for the
 * right name. A self-signed certificate is the orchestrator's habit, and no sign of interception.
 */
function intercepted(peer: PeerFacts, at: Destination): EmfPxeError | undefined {
  const issuer = escapeText(peer.leaf.issuer)
  if (peer.inspectedBy !== undefined)
    return failure('TLS_INTERCEPTED', at, [
      `${peer.inspectedBy} answers in the orchestrator’s place, with a certificate issued by ${issuer}`,
    ])
  if (peer.proxy === undefined || peer.leaf.selfSigned || !isForHost(peer.leaf, at.host)) return undefined
  return failure('TLS_INTERCEPTED', at, [
    `through the proxy ${peer.proxy} comes a certificate for the right name, issued by the unknown ${issuer}`,
    'the proxy probably opens TLS connections',
  ])
}

function untrusted(peer: PeerFacts, at: Destination, verifyCode: string): EmfPxeError {
  const { leaf } = peer
  const seen = leaf.selfSigned
    ? 'the certificate is self-signed'
    : (verifyReasons[verifyCode] ?? `the certificate could not be verified (${verifyCode})`)
  const by = leaf.selfSigned ? '' : `, issued by ${escapeText(leaf.issuer)}`
  const besides = isForHost(leaf, at.host) ? '' : `, and it is for ${namesOf(leaf)}`
  return failure('CERTIFICATE_UNTRUSTED', at, [
    `${seen}${by}${besides}`,
    `SHA-256 ${displayFingerprint(leaf.sha256)}`,
    'wanted one signed by an authority that this machine trusts',
  ])
}

const unknownIssuer = 'its issuer is not known here'
const verifyReasons: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: 'its root authority is not trusted here',
  INVALID_CA: 'its issuer is no certificate authority',
  INVALID_PURPOSE: 'it is not meant for a server',
  CERT_SIGNATURE_FAILURE: 'its signature is wrong',
  CERT_REVOKED: 'it was revoked',
}

function failure(code: ErrorCode, at: Destination, sentences: readonly string[]): EmfPxeError {
  return new EmfPxeError(code, { message: `${displayDestination(at)}: ${sentences.join('; ')}` })
}

function date(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
