import { catalog } from './catalog.ts'
import { type PxeCode, pxeCodes } from './pxe-codes.ts'

/** What is known about a code: one of ours, or one on a node's screen. */
export type Explanation =
  | {
      readonly kind: 'ours'
      readonly code: string
      readonly title: string
      readonly exitCode: number
      readonly hint: string
      /** Paragraphs of `docs/errors.md`. */
      readonly text: string
    }
  | ({ readonly kind: 'firmware'; readonly code: string } & PxeCode)
  /** A check of `emf-pxe status`, or a diagnosis of a boot. */
  | { readonly kind: 'check' | 'diagnosis'; readonly code: string; readonly text: string }

/**
 * Looks a code up as people type it: `config_missing`, `PXE-E18`, `pxe_e18`, `e18`, `PXE-E18:`. Returns
 * undefined for an unknown one. `errorsDocument` is the text of `docs/errors.md`.
 */
export function explainCode(typed: string, errorsDocument: string): Explanation | undefined {
  const word = typed.trim().toUpperCase().replace(/:$/, '')
  const ourCode = word.replaceAll('-', '_')
  if (isOurs(ourCode)) {
    const { title, exitCode, hint } = catalog[ourCode]
    return { kind: 'ours', code: ourCode, title, exitCode, hint, text: sectionOf(ourCode, errorsDocument) }
  }
  const firmwareCode = word.replace(/^PXE[-_ ]?/, '')
  const known = Object.hasOwn(pxeCodes, firmwareCode) ? pxeCodes[firmwareCode] : undefined
  return known === undefined ? undefined : { kind: 'firmware', code: `PXE-${firmwareCode}`, ...known }
}

/** Looks up a check or a diagnosis; `checksDocument` is the text of `docs/checks.md`. */
export function explainCheck(typed: string, checksDocument: string): Explanation | undefined {
  const code = typed.trim().toLowerCase().replaceAll('_', '-')
  const isDiagnosis = diagnosesOf(checksDocument).includes(code)
  if (!isDiagnosis && !documentedChecks(checksDocument).includes(code)) return undefined
  const section = checksDocument.split(/^#{1,3} /m).find((text) => text.startsWith(`${code}\n`)) ?? ''
  return { kind: isDiagnosis ? 'diagnosis' : 'check', code, text: section.slice(code.length).trim() }
}

/** Names of checks and diagnoses, in the document's order. */
export function documentedChecks(checksDocument: string): string[] {
  return [...checksDocument.matchAll(/^### ([a-z0-9-]+)$/gm)].map(([, code]) => code ?? '')
}

function diagnosesOf(checksDocument: string): string[] {
  return documentedChecks(
    checksDocument.slice(checksDocument.indexOf('\n# Diagnoses\n') + 1 || checksDocument.length),
  )
}

/** Every code that can be explained, for completion and for suggesting the nearest one. */
export function explainableCodes(): string[] {
  return [...Object.keys(catalog), ...Object.keys(pxeCodes).map((code) => `PXE-${code}`)]
}

/** The paragraphs below `## CODE`. */
export function sectionOf(code: string, errorsDocument: string): string {
  const sections = errorsDocument.split(/^## /m)
  const section = sections.find((text) => text.startsWith(`${code}\n`)) ?? ''
  return section.slice(code.length).trim()
}

function isOurs(word: string): word is keyof typeof catalog {
  return Object.hasOwn(catalog, word)
}
