import type { AccessRules, NodeIdentity } from './types.ts'

/** The entry that a node matches, for the sentence an operator reads; undefined when none does. */
export function matchingRule(rules: AccessRules, node: NodeIdentity): string | undefined {
  if (rules.macs.has(node.mac)) return `MAC address ${node.mac}`
  const oui = node.mac.slice(0, 8)
  if (rules.ouis.has(oui)) return `OUI ${oui}`
  if (node.uuid !== undefined && rules.uuids.has(node.uuid)) return `UUID ${node.uuid}`
  return undefined
}

/** An empty allow list allows everybody. */
export function isEmpty(rules: AccessRules): boolean {
  return rules.macs.size + rules.ouis.size + rules.uuids.size === 0
}
