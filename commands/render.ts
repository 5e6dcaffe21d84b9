import { string as argument } from '@oclif/core/args'
import { readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { buildInfo } from '../src/cli/build-info.ts'
import { kubernetesFlags, renderFlags, uploadFlags } from '../src/cli/deploy-flags.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { readConfigText } from '../src/config/load.ts'
import { bundleData, bundleText, writeBundle } from '../src/deploy/bundle.ts'
import { kubernetesValues } from '../src/deploy/kubernetes-answers.ts'
import { render } from '../src/deploy/render/render.ts'
import { type DeployTarget, deployTargets, type RenderValues } from '../src/deploy/values.ts'
import { valuesFromConfig } from '../src/deploy/values-from-config.ts'
import { EmfPxeError } from '../src/errors/error.ts'
import type { ApiSurroundings } from '../src/wizard/open-api.ts'
import { sendPackage } from '../src/wizard/send-package.ts'

export default class Render extends BaseCommand {
  static override description = [
    'Prints every file that `emf-pxe init --target` would install, and touches nothing. Settings come from the configuration file, flags win over it.',
    'With --output the files are written below a directory, for people who install by other means.',
  ].join('\n')
  static override examples = [
    'emf-pxe render systemd --interface eth1 --orchestrator edge.example.com',
    'emf-pxe render helm --output ./chart',
    'emf-pxe render deployment-package --output .',
  ]
  static override args = {
    target: argument({ description: 'What to render for.', options: [...deployTargets], required: true }),
  }
  static override flags = {
    ...renderFlags,
    ...kubernetesFlags,
    ...uploadFlags,
    ...commonFlags('config', 'state-dir', 'yes', 'no-input', 'json', 'quiet'),
  }

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(Render)
    const values = await valuesFromConfig({
      configFile: flags.config,
      stateDirectory: flags['state-dir'],
      version: buildInfo().version,
      interfaces: flags.interface,
      orchestrator: flags.orchestrator,
      kubernetes: kubernetesValues(flags, buildInfo().version),
    })
    const target = args.target as DeployTarget
    const files = render(target, values, (name) => readAsset(`templates/${name}`).toString('utf8'))
    if (flags.upload) await this.#upload(target, values, flags.project, flags['token-file'])
    const written = flags.output === undefined ? [] : await writeBundle(files, flags.output)
    this.finish('render', { target, files: bundleData(files), written }, () =>
      flags.output === undefined ? bundleText(files) : written.join('\n'),
    )
  }

  async #upload(
    target: DeployTarget,
    values: RenderValues,
    project?: string,
    tokenFile?: string,
  ): Promise<void> {
    if (target !== 'deployment-package')
      throw new EmfPxeError('USAGE', { message: `--upload sends a Deployment Package; ${target} has none.` })
    const { orchestrator } = readConfigText(JSON.stringify(values.config), 'the configuration').config
    await sendPackage(values, orchestrator, { project, tokenFile }, this.surroundings())
  }

  /** Tests bring an orchestrator of their own. */
  protected surroundings(): ApiSurroundings {
    const { environment, streams } = this.context
    const { ui, abort } = this
    return { ui, abort, environment, stdin: streams.stdin, network: { environment }, nowMs: Date.now }
  }
}
