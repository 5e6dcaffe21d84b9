import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { type ExitCode, exitCodes } from '../src/errors/exit-codes.ts'
import { ControlClient } from '../src/observe/control/client.ts'
import { showHealth } from '../src/observe/live/show-health.ts'

export default class Health extends BaseCommand {
  static override description =
    'Asks the running service alone, and answers at once: what a container’s health check or a monitoring script wants. `emf-pxe status` looks at everything around it as well. Exit code 3 when nodes that boot now would not be served.'
  static override examples = ['emf-pxe health', 'emf-pxe health --state-dir ./state --json']
  static override flags = commonFlags('state-dir', 'json', 'quiet')

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(Health)
    const { ready, service, interfaces, problems } = await new ControlClient(flags['state-dir']).snapshot()
    const health = { ready, service, interfaces, problems }
    this.finish('health', health, () => showHealth(health))
    return ready ? exitCodes.ok : exitCodes.unhealthy
  }
}
