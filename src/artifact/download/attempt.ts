import { EmfPxeError } from '../../errors/error.ts'
import type { HttpResponse } from '../../orchestrator/http.ts'
import { discard, refuseWebPage, statusFailure } from '../../orchestrator/response.ts'
import { escapeText } from '../../ui/text.ts'
import { htmlTitle, looksLikeHtml } from '../inspect/kind.ts'
import { type DownloadOptions, usualDownloadLimits } from './options.ts'
import type { PartialFile } from './partial.ts'
import { RateWatch } from './rate-watch.ts'

/** An answer that is no file, with the headers that say when to come back. */
export class Refusal extends Error {
  readonly error: EmfPxeError
  readonly headers: HttpResponse['headers']

  constructor(error: EmfPxeError, headers: HttpResponse['headers']) {
    super(error.message)
    this.error = error
    this.headers = headers
  }
}

/**
 * One request for the file, or for what is missing of it. Fills `partial`; what has come stays there when
 * it fails. Returns the answer's headers, or `unchanged`.
 * @throws Refusal for another status, EmfPxeError for everything else
 */
export async function attempt(partial: PartialFile, options: DownloadOptions): Promise<Outcome> {
  const stop = new AbortController()
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal])
  const timeoutMs = options.stallMs ?? usualDownloadLimits.stallMs
  const headers = { accept: '*/*', ...requestHeaders(partial, options) }
  const response = await options.client.get(options.url, { headers, signal, timeoutMs })
  if (response.status === 304 && isConditional(headers)) {
    discard(response)
    return { kind: 'unchanged', response }
  }
  await prepare(partial, response)
  refuseWebPage(response)
  await receive(partial, response, options, stop)
  return { kind: 'complete', response }
}

export interface Outcome {
  readonly kind: 'unchanged' | 'complete'
  readonly response: HttpResponse
}

/** Either the rest of what we began, or anything newer than what we know. */
function requestHeaders(partial: PartialFile, { known }: DownloadOptions): Record<string, string> {
  const resume = partial.resumeHeaders()
  if (resume.range !== undefined || known === undefined) return resume
  if (known.etags.length > 0) return { 'if-none-match': known.etags.join(', ') }
  return known.lastModified === undefined ? {} : { 'if-modified-since': known.lastModified }
}

function isConditional(headers: Readonly<Record<string, string>>): boolean {
  return 'if-none-match' in headers || 'if-modified-since' in headers
}

async function prepare(partial: PartialFile, response: HttpResponse): Promise<void> {
  const { status, headers } = response
  if (status === 206 && partial.resumesWith(headers)) return
  if (status === 200) return partial.startOver(headers)
  if (status === 206 || status === 416) {
    // A part of another file, or none: what we have is of no use, the next attempt starts over.
    partial.startOver()
    discard(response)
    throw truncated(response.url, 'the server no longer has the file that this download began with')
  }
  throw new Refusal(await statusFailure(response), headers)
}

async function receive(
  partial: PartialFile,
  response: HttpResponse,
  options: DownloadOptions,
  stop: AbortController,
): Promise<void> {
  const maxBytes = options.maxBytes ?? usualDownloadLimits.maxBytes
  const limits = {
    windowMs: options.stallMs ?? usualDownloadLimits.stallMs,
    minimumBytesPerSecond: options.minimumBytesPerSecond ?? usualDownloadLimits.minimumBytesPerSecond,
  }
  const describe = () => `${displayUrl(options.url)}, ${amount(partial)}`
  const watch = new RateWatch(options.clock, limits, describe, (error) => stop.abort(error))
  try {
    refuseSize(partial.totalBytes ?? 0, maxBytes, options.url)
    for await (const chunk of response.body) {
      watch.received(chunk.length)
      partial.append(chunk)
      refuseSize(partial.receivedBytes, maxBytes, options.url)
      options.onProgress?.({ receivedBytes: partial.receivedBytes, totalBytes: partial.totalBytes })
    }
  } finally {
    watch.stop()
    discard(response)
  }
  refuseHtmlBody(partial, options.url)
  if (partial.totalBytes !== undefined && partial.receivedBytes !== partial.totalBytes) {
    throw truncated(options.url, `the answer ended after ${amount(partial)}`)
  }
}

function refuseSize(bytes: number, maxBytes: number, url: string): void {
  if (bytes <= maxBytes) return
  throw new EmfPxeError('RESPONSE_TOO_LARGE', {
    message: `${displayUrl(url)}: the file has ${bytes} bytes or more, at most ${maxBytes} are taken`,
    hint: 'Check the URL; if the file is right, raise artifact.maxMegabytes in the configuration.',
  })
}

/** Some portals send their page as application/octet-stream. */
function refuseHtmlBody(partial: PartialFile, url: string): void {
  const start = partial.start()
  if (!looksLikeHtml(start)) return
  const title = htmlTitle(start)
  throw new EmfPxeError('LOGIN_PAGE', {
    message: `${displayUrl(url)}: a web page came${title === undefined ? '' : ` titled “${escapeText(title)}”`}, wanted a file`,
  })
}

function truncated(url: string, seen: string): EmfPxeError {
  return new EmfPxeError('RESPONSE_TRUNCATED', { message: `${displayUrl(url)}: ${seen}` })
}

function amount({ receivedBytes, totalBytes }: PartialFile): string {
  return `${receivedBytes} of ${totalBytes ?? 'an unknown number of'} bytes`
}

function displayUrl(url: string): string {
  return escapeText(url.replace(/\/\/[^/@]*@/, '//'))
}
