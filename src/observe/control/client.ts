import { type IncomingMessage, request } from 'node:http'
import { EmfPxeError } from '../../errors/error.ts'
import { escapeText } from '../../ui/text.ts'
import type { LiveMessage, LiveSnapshot } from '../live/snapshot.ts'
import { linesOf } from './lines.ts'
import { controlSocketCandidates } from './path.ts'
import type { ActionOutcome } from './server.ts'

/** The service says that it is alive every 15 s: silence for this long means that it is not. */
const silenceMs = 60_000
/** A look at the orchestrator may take this long. */
const actionMs = 120_000

/**
 * The other end of the control socket, for commands beside a running service. Every call throws
 * SERVICE_NOT_RUNNING when nobody answers, and CONTROL_DENIED when this user may not ask.
 */
export class ControlClient {
  readonly #paths: readonly string[]

  constructor(stateDirectory: string) {
    this.#paths = controlSocketCandidates(stateDirectory)
  }

  async snapshot(): Promise<LiveSnapshot> {
    return JSON.parse(await bodyOf(await this.#ask('GET', '/v1/snapshot')))
  }

  /** A snapshot, then changes as they happen, until `signal` fires or the service goes. */
  async *feed(signal: AbortSignal): AsyncGenerator<LiveMessage> {
    const response = await this.#ask('GET', '/v1/feed', signal)
    if (response.statusCode !== 200) throw refused(response, await textOf(response))
    response.setEncoding('utf8')
    try {
      for await (const line of linesOf(response)) yield JSON.parse(line)
    } catch (error) {
      if (!signal.aborted && !isGone(error)) throw error
    } finally {
      response.destroy()
    }
  }

  /** Asks for something to be done, and waits until it is. */
  async act(action: 'refresh' | 'load' | 'reload'): Promise<ActionOutcome> {
    return JSON.parse(await bodyOf(await this.#ask('POST', `/v1/${action}`)))
  }

  async #ask(method: string, path: string, signal?: AbortSignal): Promise<IncomingMessage> {
    let problem: unknown
    for (const socketPath of this.#paths) {
      try {
        return await ask(
          { method, path, socketPath, timeout: method === 'GET' ? silenceMs : actionMs },
          signal,
        )
      } catch (error) {
        // Of two places the one that exists tells more.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || problem === undefined) problem = error
      }
    }
    throw signal?.aborted ? signal.reason : translate(problem, this.#paths)
  }
}

type Asked = Readonly<Record<'method' | 'path' | 'socketPath', string>> & { readonly timeout: number }

function ask(options: Asked, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asking = request({ ...options, agent: false, ...(signal === undefined ? {} : { signal }) }, resolve)
    asking.on('timeout', () => asking.destroy(new Error('the service went silent')))
    asking.on('error', reject)
    asking.end()
  })
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  const text = await textOf(response)
  if (response.statusCode === 200 || response.statusCode === 409) return text
  throw refused(response, text)
}

async function textOf(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of response) parts.push(part)
  return Buffer.concat(parts).toString('utf8').trim()
}

function refused({ statusCode }: IncomingMessage, text: string): EmfPxeError {
  return new EmfPxeError('SERVICE_NOT_RUNNING', {
    message: `the service answered ${statusCode}: ${escapeText(text)}`,
    hint: 'Close other live views, then try again.',
  })
}

function translate(problem: unknown, paths: readonly string[]): EmfPxeError {
  const { code, message, path } = problem as NodeJS.ErrnoException & { path?: string }
  if (code === 'EACCES' || code === 'EPERM')
    return new EmfPxeError('CONTROL_DENIED', {
      message: `this user may not open ${paths.join(' or ')}`,
      cause: problem,
    })
  const seen =
    code === 'ENOENT' ? `there is no ${paths.join(' or ')}` : `nobody answers: ${message}${path ?? ''}`
  return new EmfPxeError('SERVICE_NOT_RUNNING', { message: seen, cause: problem })
}

/** The service ended, or was restarted. */
function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE'
}
