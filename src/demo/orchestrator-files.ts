import type http from 'node:http'
import { sha256Of } from '../artifact/sha256.ts'

/** A file as a static web server keeps it. */
export interface ServedFile {
  readonly bytes: Buffer
  readonly etag: string
  readonly lastModified: Date
}

export function servedFile(bytes: Buffer, lastModified: Date): ServedFile {
  const etag = `"${sha256Of(bytes).slice(0, 16)}"`
  return { bytes, etag, lastModified }
}

/** Sends a file as nginx does: validators, conditional requests and one byte range (RFC 9110 §13, §14). */
export function sendFile(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  file: ServedFile,
  type = 'application/octet-stream',
): void {
  const validators = { etag: file.etag, 'last-modified': file.lastModified.toUTCString() }
  if (isUnchanged(request, file)) {
    response.writeHead(304, validators).end()
    return
  }
  const headers = { ...validators, 'content-type': type, 'accept-ranges': 'bytes' }
  const range = wantedRange(request, file)
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${file.bytes.length}` }).end()
    return
  }
  const part = range === undefined ? file.bytes : file.bytes.subarray(range.from, range.to + 1)
  const rangeHeader =
    range === undefined ? {} : { 'content-range': `bytes ${range.from}-${range.to}/${file.bytes.length}` }
  response.writeHead(range === undefined ? 200 : 206, {
    ...headers,
    ...rangeHeader,
    'content-length': String(part.length),
  })
  response.end(request.method === 'HEAD' ? undefined : part)
}

function isUnchanged(request: http.IncomingMessage, file: ServedFile): boolean {
  const wanted = request.headers['if-none-match']
  if (wanted !== undefined) return wanted === '*' || wanted.split(/,\s*/).includes(file.etag)
  const since = Date.parse(request.headers['if-modified-since'] ?? '')
  return !Number.isNaN(since) && Math.floor(file.lastModified.getTime() / 1000) * 1000 <= since
}

/** If-Range that no longer holds means the whole file (RFC 9110 §13.1.5). */
function wantedRange(
  request: http.IncomingMessage,
  file: ServedFile,
): { from: number; to: number } | 'unsatisfiable' | undefined {
  const match = request.headers.range?.match(/^bytes=(\d+)-(\d*)$/)
  if (match == null) return undefined
  const ifRange = request.headers['if-range']
  if (ifRange !== undefined && ifRange !== file.etag && ifRange !== file.lastModified.toUTCString())
    return undefined
  const from = Number(match[1])
  const last = file.bytes.length - 1
  const to = match[2] === '' ? last : Math.min(Number(match[2]), last)
  return from > last || from > to ? 'unsatisfiable' : { from, to }
}
