import type { ErrorCode } from '../errors/catalog.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import { Silence } from './patience.ts'
import type { Destination } from './proxy.ts'

/** How far a request had come when it failed. */
export type Stage = 'name' | 'connect' | 'proxy' | 'tls' | 'http'

/**
 * The one door through which errors of sockets, resolvers and TLS become ours. Each says what was
 * seen and what was wanted; the original stays as `cause`. An EmfPxeError passes unchanged.
 */
export function translate(stage: Stage, error: unknown, at: Destination): EmfPxeError {
  if (error instanceof EmfPxeError) return error
  const code = errorCode(error)
  const [catalogCode, seen] = explain(stage, code, error)
  return new EmfPxeError(catalogCode, { message: `${displayDestination(at)}: ${seen}`, cause: error })
}

/** `edge.example.com:443`, safe for a terminal. */
export function displayDestination({ host, port }: Destination): string {
  return `${escapeText(host.includes(':') ? `[${host}]` : host)}:${port}`
}

type Explanation = readonly [ErrorCode, string]

function explain(stage: Stage, code: string, error: unknown): Explanation {
  if (error instanceof Silence) return silences[stage]
  if (stage === 'name') return nameFailure(code)
  if (code.startsWith('HPE_')) return ['RESPONSE_UNREADABLE', `the answer is not HTTP (${code})`]
  if (stage === 'tls') return tlsFailures[code] ?? connectionFailures[code] ?? otherTlsFailure(code, error)
  return connectionFailures[code] ?? ['CONNECTION_CUT', `the connection failed (${code})`]
}

const silences: Readonly<Record<Stage, Explanation>> = {
  name: ['NAME_SERVER_SILENT', 'no DNS server answered in time'],
  connect: ['CONNECTION_TIMEOUT', 'no answer to the connection request'],
  proxy: ['PROXY_UNREACHABLE', 'it accepted the connection and then said nothing'],
  tls: ['CONNECTION_TIMEOUT', 'it accepted the connection and then never answered the TLS greeting'],
  http: ['RESPONSE_TIMEOUT', 'it took the request and then said nothing'],
}

function nameFailure(code: string): Explanation {
  return nameFailures[code] ?? ['NAME_SERVER_FAILED', `the name could not be looked up (${code})`]
}

/** getaddrinfo's codes and those of c-ares (`lookupThrough`). */
const nameFailures: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: ['NAME_NOT_FOUND', 'DNS knows no such name'],
  ENODATA: ['NAME_NOT_FOUND', 'DNS knows the name, but it has no IPv4 address'],
  EAI_AGAIN: ['NAME_SERVER_SILENT', 'no DNS server gave an answer'],
  ETIMEOUT: ['NAME_SERVER_SILENT', 'no DNS server answered in time'],
  ECANCELLED: ['NAME_SERVER_SILENT', 'no DNS server answered in time'],
  ECONNREFUSED: ['NAME_SERVER_SILENT', 'no DNS server listens at the address that was asked'],
  ESERVFAIL: ['NAME_SERVER_FAILED', 'the DNS server answered SERVFAIL: it could not find out'],
  EREFUSED: ['NAME_SERVER_FAILED', 'the DNS server answered REFUSED: it does not serve this machine'],
}

const connectionFailures: Readonly<Record<string, Explanation>> = {
  ECONNREFUSED: ['CONNECTION_REFUSED', 'the machine is there, but nothing listens on this port'],
  ETIMEDOUT: ['CONNECTION_TIMEOUT', 'no answer to the connection request'],
  EHOSTUNREACH: ['HOST_UNREACHABLE', 'no route to this host'],
  ENETUNREACH: ['HOST_UNREACHABLE', 'no route to its network'],
  EADDRNOTAVAIL: ['HOST_UNREACHABLE', 'this machine has no address that reaches it'],
  EACCES: ['HOST_UNREACHABLE', 'a rule on this machine forbids the connection'],
  EPERM: ['HOST_UNREACHABLE', 'a rule on this machine forbids the connection'],
  ECONNRESET: ['CONNECTION_CUT', 'the other side reset the connection'],
  EPIPE: ['CONNECTION_CUT', 'the other side closed the connection'],
}

const notTls: Explanation = ['TLS_NOT_SPOKEN', 'the port answers, but not with TLS']
const noCommonVersion: Explanation = [
  'TLS_NO_COMMON_GROUND',
  'no TLS version in common; wanted TLS 1.2 or newer',
]
const noCommonCipher: Explanation = ['TLS_NO_COMMON_GROUND', 'no cipher in common']

const tlsFailures: Readonly<Record<string, Explanation>> = {
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  ERR_SSL_HTTP_REQUEST: notTls,
  ERR_SSL_RECORD_LAYER_FAILURE: notTls,
  ERR_SSL_UNSUPPORTED_PROTOCOL: noCommonVersion,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: noCommonVersion,
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': noCommonCipher,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: noCommonCipher,
  ERR_SSL_NO_SHARED_CIPHER: noCommonCipher,
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: ['TLS_FAILED', 'the server does not serve this name'],
  ECONNRESET: [
    'CONNECTION_CUT',
    'the connection was reset during the TLS handshake; a firewall that filters by name does that',
  ],
}

function otherTlsFailure(code: string, error: unknown): Explanation {
  const reason = error instanceof Error ? (error.message.split(':').at(-1) ?? '') : ''
  return ['TLS_FAILED', `the TLS handshake failed (${escapeText(reason.trim()) || code})`]
}

/** The code of an error, of the first of several (happy eyeballs), or of its cause. */
export function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0])
  if (typeof error !== 'object' || error === null) return 'unknown'
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'cause' in error && error.cause !== undefined ? errorCode(error.cause) : 'unknown'
}
