/** Name of a flag's twin in the environment: `state-dir` → `EMF_PXE_STATE_DIR`. */
export function environmentTwin(flag: string): string {
  return `EMF_PXE_${flag.replaceAll('-', '_').toUpperCase()}`
}

/** What the flag tables of command classes hold, as far as help and documents look at it. */
export interface FlagDefinition {
  readonly type: 'boolean' | 'option'
  readonly char?: string
  readonly description?: string
  readonly helpValue?: string | readonly string[]
  readonly helpGroup?: string
  readonly options?: readonly string[]
  readonly default?: unknown
  readonly multiple?: boolean
  readonly required?: boolean
  readonly hidden?: boolean
  env?: string
}

/**
 * Gives every flag its twin, so that no command can forget one. Returns the flags of a class,
 * its own first, those of every command after them.
 */
export function flagsOf(command: {
  readonly flags: object
  readonly baseFlags: object
}): Record<string, FlagDefinition> {
  const flags = { ...command.flags, ...command.baseFlags } as Record<string, FlagDefinition>
  for (const [name, definition] of Object.entries(flags)) definition.env ??= environmentTwin(name)
  return flags
}

/**
 * oclif takes the variable of a repeatable flag as one value; here `EMF_PXE_INTERFACE=eth0,eth1`
 * becomes `--interface=eth0 --interface=eth1`, unless the command line has the flag already.
 */
export function expandRepeatedTwins(
  argv: readonly string[],
  flags: Readonly<Record<string, FlagDefinition>>,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const expanded = Object.entries(flags).flatMap(([name, definition]) => {
    const value = environment[definition.env ?? '']
    const written = argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))
    if (definition.multiple !== true || value === undefined || value === '' || written) return []
    return value.split(',').map((part) => `--${name}=${part.trim()}`)
  })
  return [...expanded, ...argv]
}
