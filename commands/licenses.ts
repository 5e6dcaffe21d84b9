import { hasAsset, readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'

export default class Licenses extends BaseCommand {
  static override description =
    'The single binary contains Node.js and npm packages; their licences are inside it. Run as a package, the licences of the others lie beside them in node_modules.'
  static override examples = ['emf-pxe licenses | less']

  async run(): Promise<undefined> {
    await this.parse(Licenses)
    const name = hasAsset('licenses.txt') ? 'licenses.txt' : 'LICENSE'
    this.ui.verbatim(readAsset(name).toString('utf8'))
  }
}
