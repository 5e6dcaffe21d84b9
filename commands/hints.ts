import { string } from '@oclif/core/flags'
import { ArtifactStore } from '../src/artifact/store/store.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { loadConfig } from '../src/config/load.ts'
import { siteHints } from '../src/service/site-hints.ts'
import { indent, wrap } from '../src/ui/text.ts'

const servers = ['dnsmasq', 'isc-dhcpd', 'kea', 'windows', 'mikrotik']

export default class Hints extends BaseCommand {
  static override description =
    'For mode tftp-only, where nothing is answered on port 67: what to paste into the site’s own DHCP server so that it names our boot files.'
  static override examples = ['emf-pxe hints', 'emf-pxe hints --server kea']
  static override flags = {
    ...commonFlags('config', 'state-dir', 'json'),
    server: string({ description: 'Only for this DHCP server.', options: servers }),
  }

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Hints)
    const { config } = await loadConfig(flags.config)
    const all = siteHints(config, new ArtifactStore(flags['state-dir']))
    const wanted = all.filter(({ server }) => flags.server === undefined || server === flags.server)
    this.finish('hints', { hints: wanted }, () =>
      wanted
        .map(
          ({ title, where, lines }) =>
            `${this.ui.theme.bold(title)}\n${indent(wrap(where, this.ui.columns - 2).join('\n'), 2)}\n\n${indent(lines.join('\n'), 4)}\n`,
        )
        .join('\n'),
    )
  }
}
