import type { ErrorCode } from '../../errors/catalog.ts'
import { catalog } from '../../errors/catalog.ts'
import { EmfPxeError } from '../../errors/error.ts'
import type { Architecture } from '../../proxydhcp/types.ts'

/** What a boot file should be. */
export interface Expectations {
  readonly architecture: Architecture
  /** `required` for the orchestrator's own file; `optional` where the site signs or does without. */
  readonly signature: 'required' | 'optional'
  /** Domain of the orchestrator: the embedded script must continue at it or below it. */
  readonly fqdn?: string | undefined
  /** Today, milliseconds since 1970. */
  readonly nowMs: number
  /** Warn when the endpoint's certificate ends within this time. */
  readonly expiryWarningDays?: number | undefined
}

/** Something that is not as expected: one cause, one code. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  readonly code: ErrorCode
  /** What was seen and what was wanted; escaped. */
  readonly message: string
  /** What to try. */
  readonly hint: string
  /** True: never to be stored or served, whatever is there now. */
  readonly unfit: boolean
}

type Details = { readonly message: string; readonly hint?: string }

/** A file that must not replace anything. */
export function unfit(code: ErrorCode, { message, hint }: Details): Finding {
  return { severity: 'error', code, message, hint: hint ?? catalog[code].hint, unfit: true }
}

/** A file that can be served, but nodes will not get far. */
export function error(code: ErrorCode, { message, hint }: Details): Finding {
  return { severity: 'error', code, message, hint: hint ?? catalog[code].hint, unfit: false }
}

export function warning(code: ErrorCode, { message, hint }: Details): Finding {
  return { severity: 'warning', code, message, hint: hint ?? catalog[code].hint, unfit: false }
}

export function toError({ code, message, hint }: Finding): EmfPxeError {
  return new EmfPxeError(code, { message, hint })
}
