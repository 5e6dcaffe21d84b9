import { dial } from './dial.ts'
import { type Destination, proxyFor } from './proxy.ts'
import type { ConnectOptions } from './step.ts'
import { type Handshake, startTls } from './tls.ts'
import { tunnel } from './tunnel.ts'

/**
 * Connects, through the proxy if there is one, and completes the TLS handshake. Nothing beyond it has
 * been sent, so the caller can still walk away. node:https was tried with `proxyEnv`: it would have
 * sent the request, and a token with it, before anybody could look at the certificate; a proxy that is
 * down looks like an orchestrator that is down; and a SOCKS setting is ignored in silence.
 * @throws EmfPxeError NAME_…, CONNECTION_…, HOST_UNREACHABLE, PROXY_…, TLS_…
 */
export async function handshake(at: Destination, options: ConnectOptions): Promise<Handshake> {
  const isElsewhere = options.connectTo?.(at) !== undefined
  const proxy = isElsewhere ? undefined : proxyFor(at, options.environment ?? process.env)
  const raw = proxy === undefined ? await dial(at, options) : await tunnel(at, proxy, options)
  return startTls(raw, at, options, proxy)
}

/** As `handshake`, but gives a connection to a trusted peer only. @throws also CERTIFICATE_…, TLS_INTERCEPTED */
export async function connectVerified(at: Destination, options: ConnectOptions): Promise<Handshake> {
  const met = await handshake(at, options)
  if (met.distrust === undefined) return met
  met.socket.destroy()
  throw met.distrust
}
