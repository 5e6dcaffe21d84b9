import { BaseCommand } from '../../src/cli/base-command.ts'
import { commonFlags } from '../../src/cli/flags.ts'
import { showNodes } from '../../src/nodes/show-nodes.ts'
import { readKnownNodes } from '../../src/service/known-nodes.ts'

export default class Nodes extends BaseCommand {
  static override description =
    'What network booting has taught about each node: MAC address, SMBIOS UUID as the orchestrator writes it, architecture, when it was seen first and last, and how far it came.'
  static override examples = ['emf-pxe nodes', 'emf-pxe nodes --json']
  static override flags = commonFlags('state-dir', 'json', 'quiet')

  async run(): Promise<undefined> {
    const { flags } = await this.parse(Nodes)
    const nodes = readKnownNodes(flags['state-dir'])
    this.finish('nodes', { nodes }, () =>
      nodes.length === 0 ? 'No node has asked yet.' : showNodes(nodes, Date.now(), this.ui.theme),
    )
  }
}
