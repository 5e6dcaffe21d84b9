import type http from 'node:http'
import type { Socket } from 'node:net'
import { EmfPxeError } from '../errors/error.ts'
import { displayDestination, errorCode, translate } from './failures.ts'
import { Silence, withPatience } from './patience.ts'
import type { Destination } from './proxy.ts'
import { type ConnectOptions, defaultTimeoutMs } from './step.ts'

/**
 * The parts of a body as they come. The time only runs while the caller waits, so that a slow disk
 * does not look like a silent server. Leaving the loop early closes the connection.
 * @throws EmfPxeError RESPONSE_STALLED, RESPONSE_TRUNCATED
 */
export function readBody(
  message: http.IncomingMessage,
  socket: Socket,
  at: Destination,
  options: ConnectOptions,
): AsyncIterable<Uint8Array> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  const parts: AsyncIterator<Uint8Array, undefined> = message[Symbol.asyncIterator]()
  let receivedBytes = 0
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    try {
      const patience = { timeoutMs, signal: options.signal, giveUp: () => socket.destroy() }
      const part = await withPatience(parts.next(), patience)
      if (part.done === true) socket.destroy()
      else receivedBytes += part.value.length
      return part
    } catch (error) {
      socket.destroy()
      if (options.signal?.aborted === true) throw options.signal.reason
      throw bodyFailure(error, at, receivedBytes, message.headers['content-length'], timeoutMs)
    }
  }
  // Written out because a generator that was never started would not close the connection.
  const close = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    socket.destroy()
    return { done: true, value: undefined }
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: close }) }
}

function bodyFailure(
  error: unknown,
  at: Destination,
  receivedBytes: number,
  contentLength: string | undefined,
  timeoutMs: number,
): EmfPxeError {
  const seen = `${receivedBytes} of ${contentLength ?? 'an unknown number of'} bytes`
  if (error instanceof Silence)
    return new EmfPxeError('RESPONSE_STALLED', {
      message: `${displayDestination(at)}: nothing more for ${timeoutMs / 1000} s after ${seen}`,
      cause: error,
    })
  if (truncations.has(errorCode(error)))
    return new EmfPxeError('RESPONSE_TRUNCATED', {
      message: `${displayDestination(at)}: the connection ended after ${seen}`,
      cause: error,
    })
  return translate('http', error, at)
}

const truncations = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE'])
