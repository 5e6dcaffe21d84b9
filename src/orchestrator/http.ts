/** What a request may carry. */
export interface HttpRequestOptions {
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Time to the response headers, milliseconds; the body has no limit here. */
  readonly timeoutMs?: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** As sent, not decompressed. Throws when the connection is cut; stop reading to close it. */
  readonly body: AsyncIterable<Uint8Array>
  /** DER of the certificate that the server showed; absent over plain HTTP. */
  readonly peerCertificate?: Buffer
}

/**
 * The one door to HTTPS: trust, proxies and tokens are settled behind it. Redirects are not
 * followed. Rejects when there is no response: a catalogued error, or one whose `cause` chain holds
 * the system's code (`ECONNREFUSED`, `EAI_AGAIN`, …).
 */
export interface HttpClient {
  get(url: string, options: HttpRequestOptions): Promise<HttpResponse>
}
