import { type ExitCode, exitCodes } from '../errors/exit-codes.ts'
import { translateError } from '../errors/translate.ts'
import type { Environment, Streams } from '../ui/streams.ts'
import { buildInfo } from './build-info.ts'
import { createContext, type RunContext } from './context.ts'
import { type OnInterrupt, untilInterrupted } from './interrupt.ts'
import { reportError } from './report-error.ts'
import { resolveTarget, type Target } from './resolve.ts'
import type { CommandTable } from './table.ts'
import { flagsOf, withTwins } from './twins.ts'
import { explainUsage } from './usage.ts'

export interface ProgramHost {
  readonly environment: Environment
  readonly streams: Streams
  readonly onInterrupt: OnInterrupt
}

/** The whole program for one command line. */
export interface Program {
  /** Returns the exit code; never throws, because every error has been shown by then. */
  run(): Promise<ExitCode>
  /** Shows an error that nobody caught; returns the exit code. */
  fail(error: unknown): ExitCode
}

/** oclif, help and commands are loaded only when the command line needs them. */
export function createProgram(argv: readonly string[], table: CommandTable, host: ProgramHost): Program {
  const interrupt = new AbortController()
  const context = createContext(argv, table, { ...host, abort: interrupt.signal })
  const fail = (error: unknown) => reportError(translateError(error), context)
  return {
    fail,
    run: async () => {
      try {
        return await perform(resolveTarget(argv, table), context, host, interrupt)
      } catch (error) {
        return fail(error)
      }
    },
  }
}

async function perform(
  target: Target,
  context: RunContext,
  host: ProgramHost,
  interrupt: AbortController,
): Promise<ExitCode> {
  if (target.kind === 'command') return runCommand(target.name, target.argv, context, host, interrupt)
  if (target.kind === 'version') context.ui.result(`emf-pxe ${buildInfo().version}`)
  else context.ui.result(await helpText(target, context))
  return exitCodes.ok
}

async function helpText(target: Exclude<Target, { kind: 'command' }>, context: RunContext): Promise<string> {
  const help = await import('./help.ts')
  const look = { theme: context.ui.theme, columns: Math.min(context.ui.columns, help.widestHelp) }
  if (target.kind === 'command-help') return help.commandHelp(target.name, context.table, look)
  if (target.kind === 'topic-help') return help.topicHelp(target.topic, context.table, look)
  return help.rootHelp(context.table, look)
}

async function runCommand(
  name: string,
  argv: readonly string[],
  context: RunContext,
  host: ProgramHost,
  interrupt: AbortController,
): Promise<ExitCode> {
  const entry = context.table[name]
  if (entry === undefined) throw new Error(`no entry for ${name}`)
  const [command, { BaseCommand }, { createOclifConfig }] = await Promise.all([
    entry.load(),
    import('./base-command.ts'),
    import('./oclif.ts'),
  ])
  const words = withTwins(argv, flagsOf(command), context.environment)
  const config = await createOclifConfig(buildInfo().version)
  const task = explainUsage(BaseCommand.execute(command, words, config, context), name, command)
  const signals = typeof command.signals === 'function' ? command.signals(words) : command.signals
  if (signals === 'own') return task
  return untilInterrupted(task, { ...host, interrupt, takesBack: signals === 'undo' })
}
