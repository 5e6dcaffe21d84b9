import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { type Answer, type HttpServer, json, openHttpServer, type Routes } from '../http/server.ts'
import { serverSentEvents, streamFeed } from '../http/stream-feed.ts'
import type { LiveFeed } from '../live/feed.ts'
import { hostAndPort } from '../metrics/server.ts'

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
} as const

/** What the page is made of, by the path that it is asked for under. */
const pages = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/style.css': ['style.css', 'text/css; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/chart.js': ['chart.js', 'text/javascript; charset=utf-8'],
  '/elements.js': ['elements.js', 'text/javascript; charset=utf-8'],
  '/format.js': ['format.js', 'text/javascript; charset=utf-8'],
  '/nodes.js': ['nodes.js', 'text/javascript; charset=utf-8'],
  '/site.js': ['site.js', 'text/javascript; charset=utf-8'],
} as const

/** The read-only page on ADDRESS:PORT. Rejects when it cannot listen. */
export async function openDashboard(
  address: string,
  feed: LiveFeed,
  readAsset: (name: string) => Buffer,
): Promise<HttpServer> {
  const files: Routes = Object.fromEntries(
    Object.entries(pages).map(([path, [file, type]]) => {
      const body = readAsset(`templates/dashboard/${file}`)
      return [`GET ${path}`, () => ({ status: 200, type, body })]
    }),
  )
  return await openHttpServer({
    listen: hostAndPort(address),
    headers: securityHeaders,
    guard: refuseForeignNames,
    routes: {
      ...files,
      'GET /v1/snapshot': () => json(feed.snapshot()),
      'GET /v1/feed': (_request, response) => streamFeed(feed, response, serverSentEvents, securityHeaders),
    },
  })
}

/**
 * A web page elsewhere can make a browser here ask for its own name at this address (DNS rebinding),
 * and read the answer. Addresses and this machine's own name cannot be borrowed like that.
 */
function refuseForeignNames({ headers }: IncomingMessage): Answer | undefined {
  const name = (headers.host ?? '').replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
  if (isIP(name) !== 0 || name === 'localhost') return undefined
  return { status: 421, body: 'ask for this page by its address\n' }
}
