import { Command } from '@oclif/core/command'
import type { Config } from '@oclif/core/config'
import type { ExitCode } from '../errors/exit-codes.ts'
import type { Ui } from '../ui/ui.ts'
import type { RunContext } from './context.ts'
import { universalFlags } from './flags.ts'

/**
 * `own`: the command ends by itself, and that is no error (`serve`); `abort`: it is stopped; `undo`: it
 * stops by itself, and takes back what it has done first (`init`).
 */
export type Signals = 'abort' | 'own' | 'undo'

/**
 * A command: flags in, one call into `src/`, one formatter out. `run` returns the exit code, or
 * nothing for 0. Errors are thrown, and shown by the program. The class gives `description`
 * (paragraphs below the summary of the table), `examples` (`emf-pxe …` lines), `flags`, `args`.
 */
export abstract class BaseCommand extends Command {
  static override baseFlags = universalFlags
  static override examples: Command.Example[] = []
  static override flags: Command.Class['flags'] = {}
  static override args: Command.Class['args'] = {}
  /** What SIGINT, SIGTERM and SIGHUP do; a command that goes on until Ctrl-C only with some flag looks at them. */
  static signals: Signals | ((words: readonly string[]) => Signals) = 'abort'
  #context: RunContext | undefined

  abstract override run(): Promise<ExitCode | undefined>

  /** Runs a command without `Command.run`, which would load oclif's configuration once more. */
  static async execute(
    Concrete: CommandClass,
    argv: string[],
    config: Config,
    context: RunContext,
  ): Promise<ExitCode> {
    const command = new Concrete(argv, config)
    command.#context = context
    return (await command._run<ExitCode | undefined>()) ?? 0
  }

  protected get context(): RunContext {
    if (this.#context === undefined) throw new Error('a command is run by BaseCommand.execute')
    return this.#context
  }

  protected get ui(): Ui {
    return this.context.ui
  }

  /** Fires at the first SIGINT, SIGTERM or SIGHUP: pass it on to whatever can stop. */
  protected get abort(): AbortSignal {
    return this.context.abort
  }

  /**
   * Prints the result: with --json `{"schema": "emf-pxe/KIND/1", …data}`, else what `human`
   * returns. A change that could break a reader of the JSON raises `version`.
   */
  protected finish(kind: string, data: object, human: () => string, version = 1): void {
    if (this.context.switches.json)
      this.ui.verbatim(JSON.stringify({ schema: `emf-pxe/${kind}/${version}`, ...data }, undefined, 2))
    else this.ui.result(human())
  }

  /** The program shows errors; oclif's own way would print and exit here. */
  protected override async catch(error: Error): Promise<never> {
    throw error
  }
}

/** A concrete command class: what the table loads; its static side feeds help and documents. */
export type CommandClass = (new (
  ...parameters: ConstructorParameters<typeof BaseCommand>
) => BaseCommand) &
  Pick<typeof BaseCommand, 'description' | 'examples' | 'flags' | 'baseFlags' | 'args' | 'strict' | 'signals'>
