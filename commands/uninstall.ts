import { boolean } from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { createDeployHost } from '../src/deploy/host.ts'
import { showRemoval } from '../src/deploy/show.ts'
import { planRemoval } from '../src/deploy/uninstall.ts'
import { uninstall } from '../src/deploy/uninstall-run.ts'

export default class Uninstall extends BaseCommand {
  static override description = [
    'Reads the receipt of the installation, shows what goes and what stays, and takes it away. Configuration and state stay, so that a later `init` finds them.',
    '--purge takes those too: the machine is then as it was before the first `init`.',
  ].join('\n')
  static override examples = [
    'emf-pxe uninstall --dry-run',
    'emf-pxe uninstall',
    'emf-pxe uninstall --purge --yes',
  ]
  static override flags = {
    purge: boolean({ description: 'Also remove configuration, boot file and history.' }),
    ...commonFlags('config', 'dry-run', 'yes', 'no-input', 'json', 'quiet'),
  }

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Uninstall)
    const host = createDeployHost()
    const removal = await planRemoval(host, flags.config, flags.purge)
    this.ui.note(`${showRemoval(removal, this.ui.sideTheme, flags.purge)}\n`)
    const warnings = flags['dry-run'] ? [] : await uninstall(removal, host, this.ui)
    const { goes, stays } = removal
    this.finish('uninstall', { dryRun: flags['dry-run'], goes, stays, warnings }, () =>
      flags['dry-run'] ? 'Nothing was changed (--dry-run).' : 'emf-pxe is uninstalled.',
    )
  }
}
