import { negotiate } from '../../../src/tftp/session/negotiate.ts'
import type { TftpEffect, TftpEvent, TftpSession } from '../../../src/tftp/session/state.ts'
import { begin, step, transferOf } from '../../../src/tftp/session/step.ts'

/** Plays events into a session and reads effects as short words: `oack`, `5..8`, `completed`. */
export class Script {
  session: TftpSession
  atMs = 0
  readonly opening: string

  constructor(sizeBytes: number, options: Record<string, string>) {
    const limits = { maxBlockBytes: 1468, maxWindow: 16 }
    const negotiated = negotiate(new Map(Object.entries(options)), sizeBytes, limits)
    const first = begin(transferOf(negotiated, sizeBytes), this.atMs)
    this.session = first.session
    this.opening = first.effects.map(word).join(' ')
  }

  /** An ACK `afterMs` later; returns what was done about it. */
  ack(wireBlock: number, afterMs = 10): string {
    return this.#play({ type: 'acknowledged', wireBlock, atMs: this.atMs + afterMs })
  }

  error(code: number, message: string): string {
    return this.#play({ type: 'client-error', code, message, atMs: this.atMs + 1 })
  }

  repeat(afterMs: number): string {
    return this.#play({ type: 'repeated', atMs: this.atMs + afterMs })
  }

  stop(): string {
    return this.#play({ type: 'stop', atMs: this.atMs })
  }

  /** Lets time run to the session's own deadline. */
  wait(): string {
    return this.#play({ type: 'deadline', atMs: this.session.deadlineMs })
  }

  #play(event: TftpEvent): string {
    this.atMs = event.atMs
    const { session, effects } = step(this.session, event)
    this.session = session
    return effects.map(word).join(' ')
  }
}

function word(effect: TftpEffect): string {
  if (effect.type === 'send-option-ack') return 'oack'
  if (effect.type === 'send-blocks') return `${effect.first}..${effect.first + effect.count - 1}`
  const { outcome } = effect
  if (outcome.kind === 'failed') return `failed: ${outcome.reason}`
  if (outcome.kind === 'completed' && outcome.lastAcknowledgementMissing) return 'completed, last ACK missing'
  return outcome.kind
}
