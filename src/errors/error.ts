import type { ErrorCode } from './catalog.ts'
import { catalog } from './catalog.ts'
import type { ExitCode } from './exit-codes.ts'

export interface ErrorContext {
  /** What was seen and what was wanted, one sentence, already escaped for a terminal. */
  readonly message: string
  /** What to try; commands that can be pasted. Replaces the catalog's general hint. */
  readonly hint?: string
  readonly cause?: unknown
}

/** An error a person can act on: stable code, exit code and documentation anchor come from the catalog. */
export class EmfPxeError extends Error {
  readonly code: ErrorCode
  readonly hint: string

  constructor(code: ErrorCode, context: ErrorContext) {
    super(context.message, context.cause === undefined ? undefined : { cause: context.cause })
    this.name = 'EmfPxeError'
    this.code = code
    this.hint = context.hint ?? catalog[code].hint
  }

  get exitCode(): ExitCode {
    return catalog[this.code].exitCode
  }

  get title(): string {
    return catalog[this.code].title
  }

  /** Anchor in `docs/errors.md`. */
  get anchor(): string {
    return this.code.toLowerCase()
  }
}
