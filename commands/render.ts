import { string as argument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { buildInfo } from '../src/cli/build-info.ts'
import { kubernetesFlags } from '../src/cli/deploy-flags.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { bundleText, writeBundle } from '../src/deploy/bundle.ts'
import { kubernetesValues } from '../src/deploy/kubernetes-answers.ts'
import { render } from '../src/deploy/render/render.ts'
import { type DeployTarget, deployTargets } from '../src/deploy/values.ts'
import { valuesFromConfig } from '../src/deploy/values-from-config.ts'

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
    output: string({ description: 'Write the files below this directory.', helpValue: 'DIR' }),
    interface: string({
      description: 'NIC to answer on; may be repeated.',
      helpValue: 'NIC',
      multiple: true,
    }),
    orchestrator: string({ description: 'Domain of the orchestrator.', helpValue: 'FQDN' }),
    ...kubernetesFlags,
    ...commonFlags('config', 'state-dir', 'json', 'quiet'),
  }

  async run(): Promise<undefined> {
    const { args, flags } = await this.parse(Render)
    const values = await valuesFromConfig({
      configFile: flags.config,
      stateDirectory: flags['state-dir'],
      version: buildInfo().version,
      interfaces: flags.interface,
      orchestrator: flags.orchestrator,
      kubernetes: kubernetesValues(flags),
    })
    const target = args.target as DeployTarget
    const files = render(target, values, (name) => readAsset(`templates/${name}`).toString('utf8'))
    const written = flags.output === undefined ? [] : await writeBundle(files, flags.output)
    const listed = files.map(({ content, ...file }) => ({
      ...file,
      ...(typeof content === 'string'
        ? { text: content }
        : { base64: Buffer.from(content).toString('base64') }),
    }))
    this.finish('render', { target, files: listed, written }, () =>
      flags.output === undefined ? bundleText(files) : written.join('\n'),
    )
  }
}
