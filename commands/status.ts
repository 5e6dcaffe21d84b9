import { boolean, integer, string } from '@oclif/core/flags'
import { writeBundle } from '../src/checks/bundle.ts'
import { factsHere } from '../src/checks/here.ts'
import { statusReport } from '../src/checks/report.ts'
import { showAll, showTroubles } from '../src/checks/show.ts'
import { checkStatus } from '../src/checks/status.ts'
import { showShort } from '../src/checks/summary.ts'
import { watchStatus } from '../src/checks/watch.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { buildInfo } from '../src/cli/build-info.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { type ExitCode, exitCodes } from '../src/errors/exit-codes.ts'
import { configHere } from '../src/service/config-here.ts'
import { endOf, untilSignal } from '../src/service/signals.ts'

type FinishedChecks = Awaited<ReturnType<typeof checkStatus>>

export default class Status extends BaseCommand {
  static override description = [
    'Checks everything between a node’s firmware and the orchestrator: this machine, its network, the boot file, the orchestrator, the service, and the boots of the last day. Each check is a statement that should be true; what is not comes with a remedy to paste.',
    'A node is played on each served NIC to see who answers; no lease is taken. As root it sees most, and says what it could not see otherwise. Exit code 3 when a check failed.',
  ].join('\n')
  /** Watching goes on until Ctrl-C, which is its end and no error. */
  static override signals = (words: readonly string[]) => (words.includes('--watch') ? 'own' : 'abort')
  static override examples = [
    'emf-pxe status',
    'emf-pxe status --only network --watch',
    'emf-pxe status --bundle report.tar.gz',
  ]
  static override flags = {
    ...commonFlags('config', 'state-dir', 'json', 'quiet'),
    all: boolean({ description: 'Every check with what it saw, not only what is wrong.' }),
    short: boolean({ description: 'One line, for scripts.' }),
    only: string({
      description: 'Only this check or category, and what it depends on.',
      helpValue: 'NAME',
      multiple: true,
    }),
    watch: boolean({ description: 'Check again every few seconds until Ctrl-C.' }),
    wait: integer({
      description: 'Seconds to wait for answers; firmware waits 4.',
      default: 4,
      min: 1,
      max: 60,
    }),
    bundle: string({ description: 'Write a report for support, without secrets.', helpValue: 'FILE.tar.gz' }),
  }

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(Status)
    const signal = flags.watch ? untilSignal() : this.abort
    const options = factsHere({
      configFile: flags.config,
      stateDirectory: flags['state-dir'],
      version: buildInfo().version,
      signal,
      waitSeconds: flags.wait,
      onThisMachine: configHere,
    })
    const check = () => checkStatus(options, flags.only)
    const showInFull = flags.all || flags.only !== undefined ? showAll : showTroubles
    const show = (checks: FinishedChecks) => (flags.short ? showShort(checks) : showInFull(checks, this.ui))
    if (flags.watch) {
      const document = (checks: FinishedChecks) =>
        JSON.stringify({ schema: 'emf-pxe/status/1', ...statusReport(checks, options.version, Date.now()) })
      const { stdout } = this.context.streams
      await watchStatus({ check, show, ...(flags.json && { document }), stdout, signal })
      return endOf(signal)
    }
    const spinner = await this.ui.spinner('Checking')
    const checks = await check().finally(() => spinner.stop())
    const report = statusReport(checks, options.version, Date.now())
    this.finish('status', report, () => show(checks))
    if (flags.bundle !== undefined) this.ui.done(await writeBundle(flags.bundle, checks, options))
    return report.healthy ? exitCodes.ok : exitCodes.unhealthy
  }
}
