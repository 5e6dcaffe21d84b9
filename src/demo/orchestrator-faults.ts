import type http from 'node:http'

/** What the embedded orchestrator does wrong on one path, on purpose. */
export type Fault = {
  /** After so many requests the path works again; default: until cleared. */
  readonly times?: number
} & (
  | {
      readonly kind: 'status'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  /** 200 with a login page, as a captive portal gives. */
  | { readonly kind: 'webPage' }
  | { readonly kind: 'redirect'; readonly location: string }
  /** The right Content-Length, then the connection ends after this part (0 to 1). */
  | { readonly kind: 'truncate'; readonly atPart: number }
  /** Stops sending after this part and keeps the connection open. */
  | { readonly kind: 'stall'; readonly atPart: number }
  /** Sends `chunkBytes` each `everyMs`. */
  | { readonly kind: 'trickle'; readonly chunkBytes: number; readonly everyMs: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'silent' }
  /** Closes the connection instead of answering. */
  | { readonly kind: 'reset' }
)

/** Faults by path, switched while the orchestrator runs. */
export class Faults {
  readonly #byPath = new Map<string, { fault: Fault; left: number }>()

  set(path: string, fault: Fault): void {
    this.#byPath.set(path, { fault, left: fault.times ?? Number.POSITIVE_INFINITY })
  }

  clear(path?: string): void {
    if (path === undefined) this.#byPath.clear()
    else this.#byPath.delete(path)
  }

  /** The fault for this request, counting it. */
  take(path: string): Fault | undefined {
    const entry = this.#byPath.get(path)
    if (entry === undefined) return undefined
    entry.left -= 1
    if (entry.left <= 0) this.#byPath.delete(path)
    return entry.fault
  }
}

const loginPage = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>\n'

/** Answers wrongly; `bytes` is what a right answer would have held. */
export function misbehave(fault: Fault, response: http.ServerResponse, bytes: Buffer): void {
  switch (fault.kind) {
    case 'status':
      response.writeHead(fault.status, fault.headers ?? {}).end(fault.body ?? '')
      return
    case 'webPage':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(loginPage)
      return
    case 'redirect':
      response.writeHead(302, { location: fault.location }).end()
      return
    case 'silent':
      return
    case 'reset':
      response.socket?.destroy()
      return
    case 'truncate':
      begin(response, bytes, fault.atPart, () => response.socket?.destroy())
      return
    case 'stall':
      begin(response, bytes, fault.atPart, () => undefined)
      return
    case 'trickle':
      trickle(response, bytes, fault.chunkBytes, fault.everyMs)
  }
}

function begin(response: http.ServerResponse, bytes: Buffer, part: number, then: () => void): void {
  response.writeHead(200, { 'content-length': String(bytes.length), 'accept-ranges': 'bytes' })
  response.write(bytes.subarray(0, Math.floor(bytes.length * part)), then)
}

function trickle(response: http.ServerResponse, bytes: Buffer, chunkBytes: number, everyMs: number): void {
  response.writeHead(200, { 'content-length': String(bytes.length) })
  let sent = 0
  const timer = setInterval(() => {
    response.write(bytes.subarray(sent, sent + chunkBytes))
    sent += chunkBytes
    if (sent < bytes.length) return
    clearInterval(timer)
    response.end()
  }, everyMs)
  response.once('close', () => clearInterval(timer))
}
