import { string } from '@oclif/core/flags'
import { BaseCommand } from '../../src/cli/base-command.ts'
import { commonFlags } from '../../src/cli/flags.ts'
import { serialsFlags } from '../../src/cli/nodes-flags.ts'
import { exportNodes } from '../../src/nodes/export.ts'
import { listMachines } from '../../src/service/list-machines.ts'
import { plural } from '../../src/ui/units.ts'

export default class NodesExport extends BaseCommand {
  static override description = [
    'Prints the nodes as the orchestrator’s own command line tool imports them. PXE packets do not tell serial numbers; --serials adds them, and machines that were never seen.',
  ].join('\n')
  static override examples = [
    'emf-pxe nodes export > hosts.csv',
    'emf-pxe nodes export --serials serials.csv --site site-3f1a > hosts.csv',
  ]
  static override flags = {
    ...serialsFlags,
    'os-profile': string({ description: 'Operating system profile of every row.', helpValue: 'NAME' }),
    site: string({ description: 'Site of every row.', helpValue: 'ID' }),
    secure: string({ description: 'Secure Boot and disk encryption.', options: ['true', 'false'] }),
    'remote-user': string({ description: 'Remote user of every row.', helpValue: 'NAME' }),
    metadata: string({ description: 'Metadata of every row, key=value&key=value.', helpValue: 'TEXT' }),
    ...commonFlags('state-dir', 'json', 'quiet'),
  }

  async run(): Promise<undefined> {
    const { flags } = await this.parse(NodesExport)
    const columns = {
      OSProfile: flags['os-profile'],
      Site: flags.site,
      Secure: flags.secure,
      RemoteUser: flags['remote-user'],
      Metadata: flags.metadata,
    }
    const given = Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
    const { csv, rows, leftOut } = exportNodes(await listMachines(flags['state-dir'], flags.serials), given)
    for (const { macs } of leftOut)
      this.ui.warn(`left out: ${macs.join(', ')}: it has neither a serial number nor a UUID of its own`)
    this.ui.note(`${plural(rows, 'row')}.`)
    if (this.context.switches.json) this.finish('nodes-export', { csv, rows, leftOut }, () => csv)
    else this.ui.verbatim(csv)
  }
}
