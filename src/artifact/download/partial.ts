import type { HttpResponse } from '../../orchestrator/http.ts'

/** What has come of a file so far, and what is needed to ask for the rest. */
export class PartialFile {
  #chunks: Uint8Array[] = []
  #receivedBytes = 0
  #totalBytes: number | undefined
  #etag: string | undefined

  get receivedBytes(): number {
    return this.#receivedBytes
  }

  /** Undefined when the server does not say. */
  get totalBytes(): number | undefined {
    return this.#totalBytes
  }

  /**
   * Headers that ask for the missing part. Only a strong validator proves that it is still the same file
   * (RFC 9110 §13.1.5); without one the download starts over.
   */
  resumeHeaders(): Record<string, string> {
    if (this.#receivedBytes === 0 || this.#etag === undefined) return {}
    return { range: `bytes=${this.#receivedBytes}-`, 'if-range': this.#etag }
  }

  /** Forgets everything and takes the length and validator of a whole answer (200). */
  startOver(headers: HttpResponse['headers'] = {}): void {
    this.#chunks = []
    this.#receivedBytes = 0
    this.#totalBytes = wholeNumber(headers['content-length'])
    this.#etag = strongEtag(headers.etag)
  }

  /** Does a 206 go on where we are, in the same file? (RFC 9110 §14.4: `bytes FIRST-LAST/TOTAL`) */
  resumesWith(headers: HttpResponse['headers']): boolean {
    const [, first, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? []
    const isSameFile = headers.etag === undefined || headers.etag === this.#etag
    const isSameTotal = total === '*' || this.#totalBytes === undefined || Number(total) === this.#totalBytes
    const resumes = Number(first) === this.#receivedBytes && isSameFile && isSameTotal
    if (resumes) this.#totalBytes ??= wholeNumber(total)
    return resumes
  }

  append(chunk: Uint8Array): void {
    this.#chunks.push(chunk)
    this.#receivedBytes += chunk.length
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks)
  }

  /** The first bytes, enough to recognise a file by. */
  start(): Buffer {
    return Buffer.concat(this.#chunks.slice(0, 8)).subarray(0, 4096)
  }
}

function strongEtag(etag: string | undefined): string | undefined {
  return etag === undefined || etag.startsWith('W/') ? undefined : etag
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
