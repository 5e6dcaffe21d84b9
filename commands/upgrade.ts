import { boolean, string } from '@oclif/core/flags'
import { readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { buildInfo } from '../src/cli/build-info.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { createDeployHost } from '../src/deploy/host.ts'
import { runningProgram } from '../src/deploy/program-file.ts'
import { upgrade } from '../src/deploy/upgrade-run.ts'
import type { ExitCode } from '../src/errors/exit-codes.ts'

export default class Upgrade extends BaseCommand {
  static override description = [
    'Puts this program, or the one named by --to, in the place of the installed one: files are drawn anew, the service restarts, configuration and boot file stay. When the new version does not come up, the old one is put back.',
    '--back returns to the version that the last upgrade replaced.',
  ].join('\n')
  static override examples = ['emf-pxe upgrade --to ./emf-pxe', 'emf-pxe upgrade --back']
  static override flags = {
    to: string({ description: 'Program file of the version to install.', helpValue: 'FILE' }),
    back: boolean({ description: 'Return to the version before the last upgrade.', exclusive: ['to'] }),
    diff: boolean({ description: 'Show the lines that change.' }),
    ...commonFlags('config', 'dry-run', 'yes', 'no-input', 'json', 'quiet'),
  }
  /** Stopped half-way, it takes back what it has done. */
  static override signals = 'undo' as const

  async run(): Promise<ExitCode | undefined> {
    const { flags } = await this.parse(Upgrade)
    const outcome = await upgrade({
      host: createDeployHost(),
      ui: this.ui,
      readTemplate: (name) => readAsset(`templates/${name}`).toString('utf8'),
      program: await runningProgram(),
      version: buildInfo().version,
      configFile: flags.config,
      to: flags.to,
      back: flags.back,
      dryRun: flags['dry-run'],
      diff: flags.diff,
      abort: this.abort,
      argv: this.argv,
    })
    // The other program has said all there is to say.
    if (outcome.handedOver) return outcome.exitCode as ExitCode
    const { from, to, changed } = outcome
    this.finish('upgrade', { from, to, changed, dryRun: flags['dry-run'] }, () =>
      changed
        ? `emf-pxe ${to} is installed${from === to ? '' : ` (it was ${from})`}.`
        : `emf-pxe ${to} is installed already.`,
    )
    return undefined
  }
}
