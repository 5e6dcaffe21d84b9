import type { ConfigInput } from '../config/schema.ts'

type OrchestratorInput = NonNullable<ConfigInput['orchestrator']>

/** What `init` decides about; everything else in the file is the operator's own. */
export interface Decisions {
  readonly interfaces: readonly string[]
  readonly orchestrator: OrchestratorInput
}

/**
 * The new configuration: decisions over what is there. Details that somebody gave an interface stay
 * with it; other fields are not touched. Pure.
 */
export function composeConfig(present: ConfigInput | undefined, decisions: Decisions): ConfigInput {
  const known = new Map((present?.interfaces ?? []).map((entry) => [entry.name, entry]))
  const tokenFile = decisions.orchestrator.tokenFile ?? present?.orchestrator?.tokenFile
  return {
    ...present,
    interfaces: decisions.interfaces.map((name) => known.get(name) ?? { name }),
    orchestrator: withoutUndefined({ ...decisions.orchestrator, tokenFile }),
  }
}

function withoutUndefined(value: OrchestratorInput): OrchestratorInput {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined))
}
