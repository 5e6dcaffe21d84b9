import { EmfPxeError } from '../errors/error.ts'
import { documentRules } from './catalog/documents.ts'
import { referenceViolations } from './catalog/references.ts'
import type { CatalogViolation } from './catalog/rule.ts'

export type { CatalogViolation } from './catalog/rule.ts'

/** A document of the orchestrator's application catalog, schema version 0.1. */
export type CatalogDocument = Readonly<Record<string, unknown>> & {
  readonly specSchema: 'Registry' | 'Application' | 'DeploymentPackage'
}

/**
 * Every rule of the catalog (EMF 3.0 to 2026.0) that the documents break, field by field: names
 * and lengths within each document, then references between them. Empty when they would be taken.
 */
export function catalogViolations(documents: readonly unknown[]): readonly CatalogViolation[] {
  const within = documents.flatMap((document, index) => documentViolations(document, index))
  return within.length > 0 ? within : referenceViolations(documents as readonly CatalogDocument[])
}

function documentViolations(document: unknown, index: number): readonly CatalogViolation[] {
  const kind = (document as { readonly specSchema?: unknown } | null | undefined)?.specSchema
  const rule = documentRules[String(kind)]
  if (rule === undefined)
    return [
      {
        field: `document ${index + 1}: specSchema`,
        seen: JSON.stringify(kind) ?? 'nothing',
        wanted: `one of ${Object.keys(documentRules).join(', ')}`,
      },
    ]
  return rule(document, String(kind))
}

/** Throws PACKAGE_INVALID with every violation in one message. */
export function assertCatalogRules(documents: readonly unknown[]): void {
  const violations = catalogViolations(documents)
  if (violations.length === 0) return
  const lines = violations.map(({ field, seen, wanted }) => `  ${field} is ${seen}; wanted ${wanted}`)
  throw new EmfPxeError('PACKAGE_INVALID', {
    message: `The catalog would refuse the package:\n${lines.join('\n')}`,
  })
}
