import { ArtifactStore } from '../src/artifact/store/store.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { serviceOf, tellService } from '../src/service/tell-service.ts'
import { formatBytes, formatTime } from '../src/ui/units.ts'

export default class Rollback extends BaseCommand {
  static override description =
    'Serves the boot file from before the last change again. The one left is held back: it is not fetched again by itself, only by `emf-pxe fetch`. A second rollback undoes the first. A running service is told, and serves it at once.'
  static override examples = ['emf-pxe rollback', 'emf-pxe rollback --state-dir ./state --json']
  static override flags = commonFlags('state-dir', 'json', 'quiet')

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Rollback)
    const entry = await new ArtifactStore(flags['state-dir']).rollback()
    const service = await tellService(serviceOf(flags['state-dir']), entry.sha256)
    this.finish(
      'rollback',
      { current: entry, service: service.state },
      () =>
        `The boot file is now the one fetched ${formatTime(entry.fetchedAtMs)}: ${formatBytes(entry.sizeBytes)}, sha256 ${entry.sha256}.\n${service.sentence}`,
    )
  }
}
