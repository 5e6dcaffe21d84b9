import { boolean, string } from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import type { ExitCode } from '../src/errors/exit-codes.ts'
import { ControlClient } from '../src/observe/control/client.ts'
import { watchAsLines, watchOnScreen } from '../src/observe/watch/watch.ts'
import { endOf, untilSignal } from '../src/service/signals.ts'
import { detectCapabilities } from '../src/ui/capabilities.ts'

export default class Watch extends BaseCommand {
  static override description =
    'Shows nodes as they boot, and how the last ones fared, from beside the running service. In a pipe it prints one line for each change. q or Ctrl-C leaves; the service goes on.'
  static override examples = [
    'emf-pxe watch',
    'emf-pxe watch --failed',
    'emf-pxe watch --mac 52:54:00 --json',
  ]
  static override flags = {
    ...commonFlags('state-dir', 'json'),
    mac: string({ description: 'Only nodes whose MAC address contains this.', helpValue: 'PART' }),
    interface: string({ description: 'Only nodes on this NIC of the server.', helpValue: 'NIC' }),
    failed: boolean({ description: 'Only boots that failed or were refused.' }),
  }
  static override signals = 'own' as const

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(Watch)
    const { streams, environment, switches } = this.context
    const signal = untilSignal()
    const options = {
      client: new ControlClient(flags['state-dir']),
      filter: {
        failedOnly: flags.failed,
        ...(flags.mac === undefined ? {} : { mac: flags.mac.toLowerCase().replaceAll('-', ':') }),
        ...(flags.interface === undefined ? {} : { interface: flags.interface }),
      },
      theme: this.ui.theme,
      signal,
    }
    const { animated, unicode } = detectCapabilities(streams.stdout, environment)
    if (animated && streams.stdin.isTTY === true && !switches.json)
      await watchOnScreen({ ...options, streams, unicode })
    else
      await watchAsLines({
        ...options,
        json: switches.json,
        print: (line) => this.ui.result(line),
        note: (text) => this.ui.note(text),
      })
    return endOf(signal)
  }
}
