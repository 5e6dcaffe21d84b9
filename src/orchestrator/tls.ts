import { once } from 'node:events'
import type net from 'node:net'
import { isIP } from 'node:net'
import tls, { type TLSSocket } from 'node:tls'
import type { EmfPxeError } from '../errors/error.ts'
import { secureContext } from './authorities.ts'
import { type CertificateFacts, certificateFacts } from './certificate.ts'
import { displayDestination } from './failures.ts'
import { inspectionProduct } from './inspection.ts'
import type { Destination, ProxyServer } from './proxy.ts'
import { type ConnectOptions, step } from './step.ts'
import { judge, type PeerFacts } from './verdict.ts'

export interface Handshake {
  readonly socket: TLSSocket
  readonly peer: PeerFacts
  /** Why this peer must not be talked to; undefined when it is trusted. */
  readonly distrust: EmfPxeError | undefined
}

/**
 * Completes the TLS handshake over `raw` and judges the peer. Node's own verdict would destroy the
 * connection together with the certificate that an error message has to show, so the verdict is ours.
 */
export async function startTls(
  raw: net.Socket,
  at: Destination,
  options: ConnectOptions,
  proxy: ProxyServer | undefined,
): Promise<Handshake> {
  const socket = tls.connect({
    ...(options.tls ?? { secureContext: secureContext(options.trust) }),
    socket: raw,
    host: at.host,
    ...(isIP(at.host) === 0 ? { servername: at.host } : {}),
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  })
  socket.on('error', () => undefined)
  await step('tls', at, options, once(socket, 'secureConnect'), () => socket.destroy())
  const peer = describePeer(socket, proxy)
  const verifyCode = socket.authorized ? undefined : verifyCodeOf(socket)
  const nowMs = (options.nowMs ?? Date.now)()
  return { socket, peer, distrust: judge(peer, verifyCode, at, options.trust, nowMs) }
}

/** Typed as an error, but a code in practice. */
function verifyCodeOf(socket: TLSSocket): string {
  const seen: unknown = socket.authorizationError
  return typeof seen === 'string' ? seen : 'UNKNOWN'
}

function describePeer(socket: TLSSocket, proxy: ProxyServer | undefined): PeerFacts {
  const chain = presentedChain(socket)
  const [leaf] = chain
  if (leaf === undefined) throw new Error('the TLS peer presented no certificate')
  return {
    leaf,
    chain,
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
    inspectedBy: inspectionProduct(chain),
    proxy: proxy === undefined ? undefined : displayDestination(proxy),
  }
}

/** Node links each certificate to its issuer; a root is linked to itself. */
function presentedChain(socket: TLSSocket): CertificateFacts[] {
  const chain: CertificateFacts[] = []
  let current: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (current?.raw !== undefined && chain.length < 10) {
    chain.push(certificateFacts(current.raw))
    current = current.issuerCertificate === current ? undefined : current.issuerCertificate
  }
  return chain
}
