import assert from 'node:assert/strict'
import type { ErrorCode } from '../../../src/errors/catalog.ts'
import { EmfPxeError } from '../../../src/errors/error.ts'

/** What a failing promise must say: code, exit code, words in the message, words in the hint. */
export interface WantedFailure {
  readonly code: ErrorCode
  readonly exitCode: number
  readonly message: RegExp
  readonly hint?: RegExp
}

/** Asserts that the promise rejects as wanted. */
export async function assertFails(promise: Promise<unknown>, wanted: WantedFailure): Promise<void> {
  await failureOf(promise, wanted)
}

/** As `assertFails`; gives the error for more questions. */
export async function failureOf(promise: Promise<unknown>, wanted: WantedFailure): Promise<EmfPxeError> {
  const error = await promise.then(
    () => assert.fail(`wanted ${wanted.code}, but it succeeded`),
    (reason: unknown) => reason,
  )
  if (!(error instanceof EmfPxeError)) throw error
  assert.equal(error.code, wanted.code, error.message)
  assert.equal(error.exitCode, wanted.exitCode)
  assert.match(error.message, wanted.message)
  if (wanted.hint !== undefined) assert.match(error.hint, wanted.hint)
  return error
}
