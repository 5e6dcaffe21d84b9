import type { HttpClient } from '../orchestrator/http.ts'
import type { OpenedOrchestrator } from '../orchestrator/open.ts'
import { readBytes } from '../orchestrator/response.ts'
import { endpointUrl } from '../orchestrator/urls.ts'
import { readCertificate } from './inspect/certificate.ts'

/** Where the boot file comes from on this occasion. */
export interface ArtifactSource {
  readonly client: Pick<HttpClient, 'get'>
  readonly url: string
  /** Where the Secure Boot db certificate is; it may be absent. */
  readonly dbCertificateUrl: string
  /** DER of the certificate that the endpoint serves, when the way there has shown it already. */
  readonly servedCertificate?: Uint8Array | undefined
}

/** The source that an opened orchestrator is. */
export function sourceOf({ endpoint, provisioning, trust }: OpenedOrchestrator): ArtifactSource {
  return {
    client: provisioning,
    url: endpoint.artifactUrl,
    dbCertificateUrl: endpointUrl(endpoint, 'secureBootCertificate'),
    servedCertificate: trust.peer.leaf.der,
  }
}

const mostCertificateBytes = 65_536

/** DER of the db certificate; undefined when the source has none, or something else in its place. */
export async function fetchDbCertificate(
  { client, dbCertificateUrl }: ArtifactSource,
  signal: AbortSignal | undefined,
): Promise<Buffer | undefined> {
  try {
    const response = await client.get(dbCertificateUrl, signal === undefined ? {} : { signal })
    const bytes = await readBytes(response, mostCertificateBytes)
    return response.status === 200 ? readCertificate(bytes)?.x509.raw : undefined
  } catch {
    signal?.throwIfAborted()
    return undefined // The file can be served without it; only who signed it is then not compared.
  }
}
