import { realpathSync } from 'node:fs'
import { isSea } from 'node:sea'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { EmfPxeError } from '../src/errors/error.ts'
import { grantPortCapability } from '../src/host/file-capability.ts'

export default class GrantPorts extends BaseCommand {
  static override description = [
    'Gives this program file the capability cap_net_bind_service, so that any user may run `emf-pxe serve` with it. Container images use it while they are built.',
    'Needs root once, and a file system with extended attributes. `setcap -r FILE` takes it back.',
  ].join('\n')
  static override examples = ['emf-pxe grant-ports']
  static override flags = commonFlags('json', 'quiet')

  async run(): Promise<undefined> {
    await this.parse(GrantPorts)
    if (!isSea())
      throw new EmfPxeError('DEPLOY_BINARY_NEEDED', {
        message: 'Here Node runs a script: the right would go to Node itself, and so to every script.',
      })
    const file = realpathSync('/proc/self/exe')
    grantPortCapability(file)
    this.finish(
      'grant-ports',
      { file, capability: 'cap_net_bind_service' },
      () => `${file} may open ports below 1024`,
    )
  }
}
