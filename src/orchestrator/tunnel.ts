import { once } from 'node:events'
import http from 'node:http'
import type net from 'node:net'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { dial } from './dial.ts'
import { displayDestination } from './failures.ts'
import type { Destination, ProxyServer } from './proxy.ts'
import { type ConnectOptions, step } from './step.ts'
import { startTls } from './tls.ts'

/**
 * A connection to `at` through a CONNECT tunnel (RFC 9110 §9.3.6).
 * @throws EmfPxeError PROXY_UNREACHABLE, PROXY_LOGIN_NEEDED, PROXY_REFUSED
 */
export async function tunnel(
  at: Destination,
  proxy: ProxyServer,
  options: ConnectOptions,
): Promise<net.Socket> {
  const [response, socket] = await askForTunnel(at, proxy, options).catch((error) => {
    throw options.signal?.aborted === true ? error : unreachable(error)
  })
  if (response.statusCode === 200) return socket
  socket.destroy()
  throw refusal(at, proxy, response)
}

type ConnectAnswer = [http.IncomingMessage, net.Socket]

async function askForTunnel(
  at: Destination,
  proxy: ProxyServer,
  options: ConnectOptions,
): Promise<ConnectAnswer> {
  const raw = await reachProxy(proxy, options)
  const path = at.host.includes(':') ? `[${at.host}]:${at.port}` : `${at.host}:${at.port}`
  const headers: Record<string, string> = { host: path }
  if (proxy.authorization !== undefined) headers['proxy-authorization'] = proxy.authorization.reveal()
  const request = http.request({ method: 'CONNECT', path, headers, createConnection: () => raw })
  request.end()
  const answer = once(request, 'connect') as Promise<ConnectAnswer>
  return step('proxy', proxy, options, answer, () => raw.destroy())
}

async function reachProxy(proxy: ProxyServer, options: ConnectOptions): Promise<net.Socket> {
  const { connectTo: _onlyForTheOrchestrator, ...direct } = options
  const raw = await dial(proxy, direct)
  if (!proxy.encrypted) return raw
  // A pin is about the orchestrator's certificate; a proxy is judged by the authorities alone.
  const trust = { extraAuthorities: options.trust.extraAuthorities }
  const { socket, distrust } = await startTls(raw, proxy, { ...direct, trust }, undefined)
  if (distrust === undefined) return socket
  socket.destroy()
  throw distrust
}

function unreachable(cause: unknown): EmfPxeError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new EmfPxeError('PROXY_UNREACHABLE', { message: `proxy ${why}`, cause })
}

function refusal(at: Destination, proxy: ProxyServer, response: http.IncomingMessage): EmfPxeError {
  const status = response.statusCode ?? 0
  const name = `proxy ${displayDestination(proxy)}`
  if (status === 407) {
    const scheme = escapeText(response.headers['proxy-authenticate'] ?? 'not said')
    const seen = proxy.authorization === undefined ? 'none was given' : 'the given one was refused'
    return new EmfPxeError('PROXY_LOGIN_NEEDED', {
      message: `${name}: it wants a login (${scheme}), and ${seen}`,
    })
  }
  const reason = escapeText(response.statusMessage ?? '')
  return new EmfPxeError('PROXY_REFUSED', {
    message: `${name}: it answered ${`${status} ${reason}`.trim()} when asked for ${displayDestination(at)}${
      refusalReasons[status] ?? ''
    }`,
    hint: `export NO_PROXY="$NO_PROXY,${escapeText(at.host)}"   # or ask the proxy’s administrator to allow it`,
  })
}

const refusalReasons: Readonly<Record<number, string>> = {
  403: ': its rules forbid it',
  502: ': it could not reach it either',
  503: ': it could not reach it either, or does not know the name',
  504: ': it got no answer from it either',
}
