import { resolve } from 'node:path'
import { boolean, string } from '@oclif/core/flags'
import { readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { buildInfo } from '../src/cli/build-info.ts'
import { kubernetesFlags, uploadFlags } from '../src/cli/deploy-flags.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { initFlags } from '../src/cli/init-flags.ts'
import { createDeployHost } from '../src/deploy/host.ts'
import { runningProgram } from '../src/deploy/program-file.ts'
import { introduceMachine } from '../src/host/introduction.ts'
import { systemClock } from '../src/net/clock.ts'
import { readInterfaces } from '../src/net/interfaces.ts'
import type { InitTarget } from '../src/wizard/flags.ts'
import { init } from '../src/wizard/init.ts'
import { listen } from '../src/wizard/listen.ts'
import { showEnd } from '../src/wizard/show-end.ts'
import type { InitSurroundings } from '../src/wizard/surroundings.ts'

export default class Init extends BaseCommand {
  static override description = [
    'Finds the NIC and the orchestrator, fetches the boot file, looks into it, shows what would be installed, and installs it. What a flag answers is not asked; with --no-input everything must be.',
    'Run it again at any time: what is in place stays, and a setting that is not repeated is never dropped silently.',
  ].join('\n')
  static override examples = [
    'emf-pxe init',
    'emf-pxe init --interface eth1 --orchestrator edge.example.com \\\n  --target systemd --yes --no-input',
    'emf-pxe init --interface eth1 --target none --yes \\\n  --artifact-url https://files.example.com/ipxe.efi',
  ]
  static override flags = {
    ...initFlags,
    diff: boolean({ description: 'Show the lines that change.' }),
    replace: boolean({ description: 'Let settings go that this run does not repeat.' }),
    output: string({ description: 'Where a Deployment Package is written.', helpValue: 'DIR', default: '.' }),
    ...kubernetesFlags,
    ...uploadFlags,
    ...commonFlags('config', 'state-dir', 'dry-run', 'yes', 'no-input', 'json', 'quiet'),
  }
  /** Stopped half-way, it takes back what it has done. */
  static override signals = 'undo' as const

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Init)
    const answered = {
      interfaces: flags.interface,
      orchestrator: flags.orchestrator,
      artifactUrl: flags['artifact-url'],
      caFile: flags['ca-file'],
      ...{ trustFingerprint: flags['trust-fingerprint'], proxy: flags.proxy },
      tokenFile: flags['token-file'],
      storeToken: flags['store-token'],
      target: flags.target as InitTarget | undefined,
      configFile: resolve(flags.config),
      stateDirectory: resolve(flags['state-dir']),
      outputDirectory: flags.output,
      kubernetes: flags,
      ...{ upload: flags.upload, project: flags.project },
      dryRun: flags['dry-run'] === true,
      ...{ diff: flags.diff, replace: flags.replace, yes: flags.yes },
    }
    const result = await init(answered, await this.surroundings())
    this.finish('init', result, () => showEnd(result, this.ui.theme))
  }

  /** Tests bring an orchestrator and NICs of their own. */
  protected async surroundings(): Promise<InitSurroundings> {
    const { environment, streams } = this.context
    return {
      ...{ ui: this.ui, abort: this.abort, environment, stdin: streams.stdin },
      ...{ network: { environment }, clock: systemClock, nowMs: Date.now },
      ...{ readNics: readInterfaces, introduce: introduceMachine, listen },
      host: createDeployHost(),
      program: await runningProgram(),
      version: buildInfo().version,
      readTemplate: (name) => readAsset(`templates/${name}`).toString('utf8'),
    }
  }
}
