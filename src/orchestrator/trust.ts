import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { isCertificate, readAuthorities, type TrustPolicy } from './authorities.ts'
import {
  type CertificateFacts,
  certificateFacts,
  displayFingerprint,
  isForHost,
  pemCertificates,
} from './certificate.ts'
import { handshake } from './connect.ts'
import { displayDestination } from './failures.ts'
import { createHttpClient } from './http.ts'
import { expectStatus, readText } from './response.ts'
import type { ConnectOptions } from './step.ts'
import { type ProvisioningEndpoint, rootCertificateUrl } from './urls.ts'
import type { PeerFacts } from './verdict.ts'

/**
 * Who vouched for the endpoint: `system` authorities, the `caFile`, `rootDomain` (the copy of the
 * certificate that the orchestrator's verified root domain serves), or a fingerprint that was given
 * beforehand (`pinned`) or `confirmed` by a person.
 */
export type TrustRung = 'system' | 'caFile' | 'rootDomain' | 'pinned' | 'confirmed'

export interface TrustDecision {
  readonly rung: TrustRung
  /** For every later request to this endpoint. */
  readonly policy: TrustPolicy
  readonly peer: PeerFacts
  /** What each lower rung said. */
  readonly passed: readonly string[]
  /** Trusted here, but nodes may not agree: sentences for a person. */
  readonly warnings: readonly string[]
}

export interface TrustQuestion {
  readonly endpoint: ProvisioningEndpoint
  /** Root domain; undefined leaves out the copy of the certificate that it serves. */
  readonly fqdn?: string | undefined
  readonly caFile?: string | undefined
  /** When given it decides alone: any other certificate is refused. */
  readonly trustFingerprint?: string | undefined
  /** Asks a person; undefined when nobody is there. */
  readonly confirm?: ((certificate: CertificateFacts) => Promise<boolean>) | undefined
}

/** Connection settings; trust is what this finds out. */
export type TrustOptions = Omit<ConnectOptions, 'trust' | 'tls'>

/**
 * Climbs the ladder until somebody vouches for the endpoint's certificate: system authorities, CA file,
 * the orchestrator's own `/boots/ca.crt`, a person. Nothing is accepted without one of them.
 * @throws EmfPxeError CERTIFICATE_…, TLS_INTERCEPTED, TRUST_UNDECIDED, TRUST_DECLINED, CA_FILE_…,
 *   and whatever keeps the endpoint from being reached
 */
export async function establishTrust(question: TrustQuestion, options: TrustOptions): Promise<TrustDecision> {
  const fileAuthorities = question.caFile === undefined ? [] : await readAuthorities(question.caFile)
  const ladder = new Ladder(question, fileAuthorities, options)
  if (question.trustFingerprint !== undefined) return ladder.byFingerprint(question.trustFingerprint)
  return (
    (await ladder.byAuthorities('system', [])) ??
    (fileAuthorities.length > 0 ? await ladder.byAuthorities('caFile', fileAuthorities) : undefined) ??
    (await ladder.byRootDomain()) ??
    (await ladder.byPerson())
  )
}

const rungNames: Readonly<Record<TrustRung, string>> = {
  system: 'this machine’s authorities',
  caFile: 'the CA file',
  rootDomain: 'the orchestrator’s root domain',
  pinned: 'the given fingerprint',
  confirmed: 'a person',
}

class Ladder {
  readonly #question: TrustQuestion
  readonly #fileAuthorities: readonly string[]
  readonly #options: TrustOptions
  readonly #passed: string[] = []
  /** The refusal of the highest rung so far, and whom it was about. */
  #refused: { peer: PeerFacts; distrust: EmfPxeError } | undefined

  constructor(question: TrustQuestion, fileAuthorities: readonly string[], options: TrustOptions) {
    this.#question = question
    this.#fileAuthorities = fileAuthorities
    this.#options = options
  }

  async byAuthorities(rung: TrustRung, authorities: readonly string[]): Promise<TrustDecision | undefined> {
    const policy = { extraAuthorities: authorities }
    const { peer, distrust } = await this.#meet(policy)
    if (distrust === undefined) return this.#decided(rung, policy, peer)
    if (!anotherRungMayHelp.has(distrust.code)) throw distrust
    this.#refused = { peer, distrust }
    this.#pass(rung, distrust)
    return undefined
  }

  /** The root domain is verified by the system's authorities and the CA file: no circle. */
  async byRootDomain(): Promise<TrustDecision | undefined> {
    if (this.#question.fqdn === undefined) return undefined
    const copies = await this.#rootDomainCopies(this.#question.fqdn)
    return copies.length === 0 ? undefined : this.byAuthorities('rootDomain', copies)
  }

  async byPerson(): Promise<TrustDecision> {
    if (this.#refused === undefined) throw new Error('a person is asked only after a rung refused')
    const { peer, distrust } = this.#refused
    // Confirming an inspection device's certificate would not help: nodes would still refuse it.
    if (distrust.code === 'TLS_INTERCEPTED') throw distrust
    const policy = { extraAuthorities: [], pinnedSha256: peer.leaf.sha256 }
    if (this.#question.confirm === undefined) throw this.#undecided(peer)
    if (await this.#question.confirm(peer.leaf)) return this.#decided('confirmed', policy, peer)
    throw new EmfPxeError('TRUST_DECLINED', {
      message: `${displayDestination(this.#at)}: the certificate ${displayFingerprint(peer.leaf.sha256)} was not confirmed`,
    })
  }

  async byFingerprint(pin: string): Promise<TrustDecision> {
    const policy = { extraAuthorities: this.#fileAuthorities, pinnedSha256: pin }
    const { peer, distrust } = await this.#meet(policy)
    if (distrust === undefined) return this.#decided('pinned', policy, peer)
    if (distrust.code !== 'CERTIFICATE_CHANGED' || this.#question.fqdn === undefined) throw distrust
    const copies = await this.#rootDomainCopies(this.#question.fqdn)
    const isRenewal = copies.some((copy) => certificateFacts(copy).sha256 === peer.leaf.sha256)
    throw isRenewal ? renewed(distrust, this.#question.fqdn, peer) : distrust
  }

  async #rootDomainCopies(fqdn: string): Promise<string[]> {
    const url = rootCertificateUrl(fqdn)
    const client = createHttpClient({ ...this.#options, trust: { extraAuthorities: this.#fileAuthorities } })
    try {
      const text = await readText(await expectStatus(await client.get(url), 200))
      const copies = pemCertificates(text).filter(isCertificate)
      if (copies.length === 0) this.#passed.push(`${rungNames.rootDomain}: ${url}: no certificate is in it`)
      return copies
    } catch (error) {
      if (!(error instanceof EmfPxeError)) throw error
      this.#pass('rootDomain', error)
      return []
    }
  }

  async #meet(policy: TrustPolicy): Promise<{ peer: PeerFacts; distrust: EmfPxeError | undefined }> {
    const met = await handshake(this.#at, { ...this.#options, trust: policy })
    met.socket.destroy()
    return met
  }

  #decided(rung: TrustRung, policy: TrustPolicy, peer: PeerFacts): TrustDecision {
    return { rung, policy, peer, passed: this.#passed, warnings: warningsAbout(peer, this.#at.host) }
  }

  /** The first part of a message is what was seen; the fingerprint that follows is said once, elsewhere. */
  #pass(rung: TrustRung, error: EmfPxeError): void {
    const said = error.message.replace(`${displayDestination(this.#at)}: `, '').split('; ', 1)
    this.#passed.push(`${rungNames[rung]}: ${said}`)
  }

  #undecided(peer: PeerFacts): EmfPxeError {
    const shown = displayFingerprint(peer.leaf.sha256)
    const lines = [
      `${displayDestination(this.#at)}: nobody vouches for the certificate ${shown}`,
      ...this.#passed,
    ]
    return new EmfPxeError('TRUST_UNDECIDED', {
      message: lines.join('\n  '),
      hint: `On the orchestrator: openssl x509 -in Full_server.crt -noout -fingerprint -sha256
When it shows the same: --trust-fingerprint ${peer.leaf.sha256}`,
    })
  }

  get #at() {
    return this.#question.endpoint.destination
  }
}

const anotherRungMayHelp: ReadonlySet<string> = new Set(['CERTIFICATE_UNTRUSTED', 'TLS_INTERCEPTED'])

function renewed(distrust: EmfPxeError, fqdn: string, peer: PeerFacts): EmfPxeError {
  return new EmfPxeError('CERTIFICATE_CHANGED', {
    message: `${distrust.message}; ${escapeText(fqdn)} confirms the new one, so it was renewed`,
    hint: `--trust-fingerprint ${peer.leaf.sha256}   # or leave it out: ${escapeText(fqdn)} vouches for the endpoint`,
    cause: distrust,
  })
}

/** What this machine accepts and iPXE on a node does not. */
function warningsAbout(peer: PeerFacts, host: string): string[] {
  const warnings: string[] = []
  if (peer.inspectedBy !== undefined)
    warnings.push(
      `${peer.inspectedBy} opens the TLS connection; nodes do not trust it and cannot boot through it`,
    )
  if (!isForHost(peer.leaf, host))
    warnings.push(`the certificate is not for ${escapeText(host)}; iPXE checks the name and will refuse it`)
  return warnings
}
