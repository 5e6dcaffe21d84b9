import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { formatVersions, readVersions } from '../src/cli/versions.ts'

export default class Version extends BaseCommand {
  static override description = 'Name these lines when you report a problem.'
  static override examples = ['emf-pxe version', 'emf-pxe version --json']
  static override flags = commonFlags('json')

  async run(): Promise<undefined> {
    await this.parse(Version)
    const versions = readVersions()
    this.finish('version', versions, () => formatVersions(versions))
  }
}
