import { proxyFor } from '../orchestrator/proxy.ts'
import type { InitFlags } from './flags.ts'
import { warn } from './say.ts'
import type { InitSurroundings } from './surroundings.ts'

/** Where the orchestrator is, as far as it is known. */
export interface Place {
  readonly fqdn?: string | undefined
  readonly artifactUrl?: string | undefined
}

/**
 * The proxy for the configuration: from the flag, else the one of this shell's environment. The
 * service will run without that environment, and would never find the orchestrator again.
 */
export function proxyAnswer(
  { proxy }: Pick<InitFlags, 'proxy'>,
  place: Place,
  { environment }: Pick<InitSurroundings, 'environment'>,
): string | undefined {
  return proxy ?? proxyOfShell(place, environment)?.url
}

/** The file is for everybody to read, so a password stays out of it; the person must hear of that. */
export function warnOfProxyLogin(
  { proxy }: Pick<InitFlags, 'proxy'>,
  place: Place,
  { environment, ui }: Pick<InitSurroundings, 'environment' | 'ui'>,
): void {
  if (proxy !== undefined || proxyOfShell(place, environment)?.hasLogin !== true) return
  warn(
    ui,
    'HTTPS_PROXY holds a login, which the configuration does not keep. Give the service HTTPS_PROXY itself, or it will not reach the orchestrator: docs/deployment.md, Proxies.',
  )
}

function proxyOfShell(
  { fqdn, artifactUrl }: Place,
  environment: InitSurroundings['environment'],
): { readonly url: string | undefined; readonly hasLogin: boolean } | undefined {
  const host = artifactUrl === undefined ? fqdn?.trim() : URL.parse(artifactUrl)?.hostname
  const proxy = host === undefined ? undefined : proxyFor({ host, port: 443 }, environment)
  if (proxy === undefined) return undefined
  const scheme = proxy.encrypted ? 'https' : 'http'
  const name = proxy.host.includes(':') ? `[${proxy.host}]` : proxy.host
  const hasLogin = proxy.authorization !== undefined
  return { url: hasLogin ? undefined : `${scheme}://${name}:${proxy.port}`, hasLogin }
}
