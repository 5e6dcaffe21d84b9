import { boolean, string } from '@oclif/core/flags'
import { BaseCommand } from '../../src/cli/base-command.ts'
import { commonFlags } from '../../src/cli/flags.ts'
import { serialsFlags } from '../../src/cli/nodes-flags.ts'
import { loadConfig } from '../../src/config/load.ts'
import { type ExitCode, exitCodes } from '../../src/errors/exit-codes.ts'
import { listMachines } from '../../src/service/list-machines.ts'
import { type RegisterSurroundings, registerNodes } from '../../src/wizard/register-nodes.ts'
import { showSummary } from '../../src/wizard/show-registration.ts'

export default class NodesRegister extends BaseCommand {
  static override description = [
    'Registers the nodes with the orchestrator, so that their consoles ask for no user name at the first boot. Shows who would be registered, asks, and tells what became of each. Safe to repeat.',
    'A token is needed; without one in the configuration, a flag or EMF_PXE_TOKEN you are asked to sign in. Exit code 3 when a machine could not be registered.',
  ].join('\n')
  static override examples = [
    'emf-pxe nodes register --dry-run',
    'emf-pxe nodes register --serials serials.csv --project factory',
  ]
  static override flags = {
    ...serialsFlags,
    project: string({ description: 'Project of the orchestrator.', helpValue: 'NAME' }),
    'token-file': string({
      description: 'File with a token, - for stdin; or set EMF_PXE_TOKEN.',
      helpValue: 'FILE',
    }),
    'auto-onboard': boolean({
      description: 'Onboard at the first boot without asking.',
      default: true,
      allowNo: true,
    }),
    ...commonFlags('config', 'state-dir', 'dry-run', 'yes', 'no-input', 'json', 'quiet'),
  }

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(NodesRegister)
    const { config } = await loadConfig(flags.config)
    const machines = await listMachines(flags['state-dir'], flags.serials)
    const wishes = {
      project: flags.project,
      tokenFile: flags['token-file'],
      autoOnboard: flags['auto-onboard'],
      dryRun: flags['dry-run'] === true,
    }
    const report = await registerNodes(machines, config.orchestrator, wishes, this.surroundings())
    this.finish('nodes-register', report, () => showSummary(report.summary))
    return (report.summary?.failed ?? 0) > 0 ? exitCodes.unhealthy : exitCodes.ok
  }

  /** Tests bring an orchestrator of their own. */
  protected surroundings(): RegisterSurroundings {
    const { environment, streams } = this.context
    const { ui, abort } = this
    return { ui, abort, environment, stdin: streams.stdin, network: { environment }, nowMs: Date.now }
  }
}
