import { showReport } from '../src/artifact/show-report.ts'
import { ArtifactStore } from '../src/artifact/store/store.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { loadConfig } from '../src/config/load.ts'
import { systemClock } from '../src/net/clock.ts'
import { fetchWithProgress } from '../src/service/fetch-with-progress.ts'
import { serviceOf, tellService } from '../src/service/tell-service.ts'

export default class Fetch extends BaseCommand {
  static override description =
    'Looks at the orchestrator for a newer boot file, inspects it, and stores it when it is fit; else the one that is there stays. A running service is told, and serves it at once. Waits up to 15 minutes for a file that is being rebuilt.'
  static override examples = ['emf-pxe fetch', 'emf-pxe fetch --json']
  static override flags = commonFlags('config', 'state-dir', 'json', 'quiet')

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Fetch)
    const { config } = await loadConfig(flags.config)
    const parts = { store: new ArtifactStore(flags['state-dir']), clock: systemClock, publish: () => {} }
    const outcome = await fetchWithProgress(config, parts, this.ui, this.abort)
    if (outcome.kind === 'kept') throw outcome.reason
    const { kind, entry, report, findings } = outcome
    const service = await tellService(serviceOf(flags['state-dir']), entry?.sha256)
    this.finish('fetch', { outcome: kind, entry, findings, service: service.state }, () => {
      const stored = kind === 'replaced' ? 'A newer boot file was stored.' : 'The boot file is current.'
      const news = `${stored} ${service.sentence}`
      if (report === undefined) return news
      return `${showReport(report, findings, this.ui.theme, this.ui.columns)}\n\n${news}`
    })
  }
}
