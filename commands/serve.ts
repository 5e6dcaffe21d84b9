import { string } from '@oclif/core/flags'
import { readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { buildInfo } from '../src/cli/build-info.ts'
import { commonFlags } from '../src/cli/flags.ts'
import type { ExitCode } from '../src/errors/exit-codes.ts'
import { jsonLog, terminalLog } from '../src/observe/log.ts'
import { logOutput, lostAsJson, lostAsText } from '../src/observe/log-output.ts'
import { serveOverrides } from '../src/service/overrides.ts'
import { serve } from '../src/service/serve.ts'

export default class Serve extends BaseCommand {
  static override description = [
    'Answers network boot requests in the foreground, beside the site’s own DHCP server. On a terminal it writes one line per boot, elsewhere JSON lines.',
    'SIGTERM or Ctrl-C lets running transfers end, a second one stops at once; SIGHUP reads the configuration again, unless the terminal was closed that it was started on: then it ends.',
  ].join('\n')
  static override examples = [
    'emf-pxe serve',
    'emf-pxe serve --config ./config.yaml --state-dir ./state --interface eth1',
  ]
  static override flags = {
    ...commonFlags('config', 'state-dir', 'json', 'quiet'),
    interface: string({
      description: 'Answer on this NIC instead of those configured.',
      helpValue: 'NIC',
      multiple: true,
    }),
    'log-level': string({
      description: 'Least level to log.',
      options: ['debug', 'info', 'warning', 'error'],
      default: 'info',
    }),
  }
  static override signals = 'own' as const

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(Serve)
    const minimum = flags['log-level'] as 'debug' | 'info' | 'warning' | 'error'
    const { stdout } = this.context.streams
    const terminal = stdout.isTTY === true && !this.context.switches.json
    const write = logOutput(stdout, terminal ? lostAsText : lostAsJson)
    return serve({
      configFile: flags.config,
      overrides: serveOverrides(flags.interface),
      stateDirectory: flags['state-dir'],
      version: buildInfo().version,
      log: (stories) =>
        terminal ? terminalLog(write, stories, { theme: this.ui.theme, minimum }) : jsonLog(write, minimum),
      readAsset,
      warn: (message) => this.ui.warn(message),
    })
  }
}
