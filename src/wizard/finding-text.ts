import type { Finding } from '../artifact/assess/finding.ts'

/** One thing that is wrong with a boot file, and what to try. */
export function findingText({ code, message, hint }: Finding): string {
  return `${message} [${code}]\n${hint}`
}
