import type { SecureContextOptions } from 'node:tls'
import { EmfPxeError } from '../errors/error.ts'
import type { CertificateFacts } from './certificate.ts'
import { handshake } from './connect.ts'
import type { Destination } from './proxy.ts'
import type { ConnectOptions } from './step.ts'

/** What iPXE on a node would meet when it talks TLS to an endpoint. */
export interface IpxeCompatibility {
  /** Oldest iPXE that has a TLS version and cipher in common; undefined: none has. */
  readonly since: IpxeGeneration['since'] | undefined
  readonly cipher: string | undefined
  /** Sentences about what iPXE cannot cope with; empty when all is well. */
  readonly problems: readonly string[]
}

interface IpxeGeneration {
  readonly since: 'every release' | '2022' | '2024' | '2025'
  readonly tls: SecureContextOptions
}

const rsaSignatures = 'RSA+SHA256:RSA+SHA384:RSA+SHA512:RSA+SHA224:RSA+SHA1'
const classic = ['AES256-SHA256', 'AES128-SHA256', 'AES256-SHA', 'AES128-SHA']
const counterMode = ['AES256-GCM-SHA384', 'AES128-GCM-SHA256']
const diffieHellman = [...counterMode, ...classic].map((cipher) => `DHE-RSA-${cipher}`)
const ellipticRsa = [
  ...counterMode.map((cipher) => `ECDHE-RSA-${cipher}`),
  ...['AES256-SHA384', 'AES128-SHA256', 'AES256-SHA', 'AES128-SHA'].map((cipher) => `ECDHE-RSA-${cipher}`),
]
const ellipticEcdsa = counterMode.map((cipher) => `ECDHE-ECDSA-${cipher}`)

/**
 * What iPXE added in which year, read in its source: RSA key exchange with AES-CBC from the beginning,
 * AES-GCM and DHE in 2022, ECDHE with X25519 in 2024, P-256, P-384 and ECDSA certificates in 2025. RSA
 * signatures are PKCS #1 v1.5 only; no release up to the middle of 2026 speaks TLS 1.3.
 */
const generations: readonly IpxeGeneration[] = [
  { since: 'every release', tls: tls12(classic, rsaSignatures) },
  { since: '2022', tls: tls12([...counterMode, ...diffieHellman], rsaSignatures) },
  { since: '2024', tls: { ...tls12(ellipticRsa, rsaSignatures), ecdhCurve: 'X25519' } },
  {
    since: '2025',
    tls: {
      ...tls12([...ellipticEcdsa, ...ellipticRsa], `${rsaSignatures}:ECDSA+SHA256:ECDSA+SHA384`),
      ecdhCurve: 'X25519:P-256:P-384',
    },
  },
]

function tls12(ciphers: readonly string[], sigalgs: string): SecureContextOptions {
  return { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: ciphers.join(':'), sigalgs }
}

/**
 * Shakes hands as each generation of iPXE would, oldest first, until one succeeds. Sends nothing.
 * @throws EmfPxeError when the endpoint cannot be reached at all
 */
export async function ipxeCompatibility(
  at: Destination,
  options: ConnectOptions,
): Promise<IpxeCompatibility> {
  for (const { since, tls } of generations) {
    const met = await handshake(at, { ...options, tls }).catch((error: unknown) => {
      if (error instanceof EmfPxeError && refusals.has(error.code)) return undefined
      throw error
    })
    if (met === undefined) continue
    met.socket.destroy()
    return { since, cipher: met.peer.cipher, problems: certificateProblems(met.peer.chain) }
  }
  return { since: undefined, cipher: undefined, problems: ['no TLS 1.2 cipher in common with any iPXE'] }
}

const refusals: ReadonlySet<string> = new Set(['TLS_NO_COMMON_GROUND', 'TLS_FAILED', 'CONNECTION_CUT'])

/** Public keys and signatures that iPXE cannot read. */
export function certificateProblems(chain: readonly CertificateFacts[]): string[] {
  return chain.flatMap((certificate) => {
    const problems: string[] = []
    if (!/^(RSA \d+|EC (prime256v1|secp384r1))$/.test(certificate.key))
      problems.push(`${certificate.subject} has a key of kind ${certificate.key}`)
    if (/pss/i.test(certificate.signatureAlgorithm))
      problems.push(`${certificate.subject} is signed with RSA-PSS`)
    return problems.map((problem) => `${problem}, which iPXE does not know`)
  })
}
