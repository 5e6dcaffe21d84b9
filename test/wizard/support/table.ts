import { commandTable } from '../../../commands/index.ts'
import Init from '../../../commands/init.ts'
import type { CommandTable } from '../../../src/cli/table.ts'
import type { NetworkInterface } from '../../../src/net/interfaces.ts'
import type { InitSurroundings } from '../../../src/wizard/surroundings.ts'

/** A NIC of the machine that the tests play. */
export function nic(name: string, more: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    name,
    index: 2,
    kind: 'physical',
    up: true,
    running: true,
    addresses: [{ address: '10.77.0.5', prefixLength: 24 }],
    mac: '52:54:00:00:00:05',
    mtuBytes: 1500,
    speedMbps: 1000,
    master: undefined,
    hasDefaultRoute: false,
    ...more,
  }
}

/** The program's commands, with an `init` that meets this world. */
export function tableWith(world: Partial<InitSurroundings>): CommandTable {
  class InitHere extends Init {
    protected override async surroundings(): Promise<InitSurroundings> {
      return { ...(await super.surroundings()), ...world }
    }
  }
  const entry = commandTable.init as CommandTable[string]
  return { ...commandTable, init: { ...entry, load: async () => InitHere } }
}
