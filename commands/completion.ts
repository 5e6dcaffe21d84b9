import { string } from '@oclif/core/args'
import { BaseCommand } from '../src/cli/base-command.ts'
import { completionScript, describeCommands, shells } from '../src/cli/completion/completion.ts'

export default class Completion extends BaseCommand {
  static override description =
    'Prints a script that teaches the shell the commands and flags of this version.'
  static override examples = [
    'emf-pxe completion bash > /etc/bash_completion.d/emf-pxe',
    'emf-pxe completion zsh > /usr/local/share/zsh/site-functions/_emf-pxe',
    'emf-pxe completion fish > ~/.config/fish/completions/emf-pxe.fish',
  ]
  static override args = {
    shell: string({ description: 'The shell.', required: true, options: [...shells] }),
  }

  async run(): Promise<undefined> {
    const { args } = await this.parse(Completion)
    const commands = await describeCommands(this.context.table)
    this.ui.verbatim(completionScript(args.shell, commands))
  }
}
