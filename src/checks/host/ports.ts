import type { Config } from '../../config/schema.ts'
import { findPortConflicts, findPortHolders, type PortHolder } from '../../host/port-holders.ts'
import { describeHolder } from '../../net/port-in-use.ts'
import { type Check, type CheckResult, ok, skipped, worstOf } from '../check.ts'
import type { Facts } from '../facts.ts'
import { isOurs } from '../service/running.ts'

type PortName = 'dhcp' | 'bootServer' | 'tftp'

const broadcast = '255.255.255.255'

const checkIds = { dhcp: 'port-dhcp', bootServer: 'port-boot-server', tftp: 'port-tftp' } as const

export const portChecks: readonly Check[] = [
  portCheck('dhcp', 'the DHCP port is ours, or free'),
  portCheck('bootServer', 'the boot server port is ours, or free'),
  portCheck('tftp', 'the TFTP port is ours, or free'),
]

/** The check that names the program which keeps a service of ours from its ports, if one does. */
export async function takenPort(facts: Facts): Promise<string | undefined> {
  const config = await facts.config()
  const names = (Object.keys(checkIds) as PortName[]).filter((name) => isWanted(config, name))
  const taken = await Promise.all(
    names.map(async (name) => {
      const places = await placesOf(facts, config, name)
      return places.some(({ address, port }) => findPortConflicts('udp', address, port).length > 0)
    }),
  )
  const first = names.find((_, index) => taken[index])
  return first === undefined ? undefined : checkIds[first]
}

function isWanted({ mode }: Config, name: PortName): boolean {
  return mode !== 'tftp-only' || name === 'tftp'
}

function portCheck(name: PortName, title: string): Check {
  return {
    id: checkIds[name],
    category: 'host',
    title,
    dependsOn: ['configuration'],
    async run(facts) {
      const config = await facts.config()
      if (!isWanted(config, name)) return skipped('not used in mode tftp-only')
      const places = await placesOf(facts, config, name)
      if (places.length === 0) return skipped('no served NIC has an address')
      return worstOf(await Promise.all(places.map((place) => look(facts, place))))
    },
  }
}

interface Place {
  readonly nic: string
  readonly address: string
  readonly port: number
}

async function placesOf(facts: Facts, config: Config, name: PortName): Promise<Place[]> {
  const port = config.ports[name]
  const nics = await facts.servedNics()
  return nics
    .filter(({ addresses }) => addresses.length > 0)
    .map((nic) => ({
      nic: nic.name,
      address: name === 'dhcp' ? broadcast : (nic.addresses[0]?.address ?? ''),
      port,
    }))
}

/** A holder that is us settles it; else only trying tells whether there is room. */
async function look(facts: Facts, { nic, address, port }: Place): Promise<CheckResult> {
  const holders = findPortHolders('udp', port)
  const ours = holders.find(({ process }) => process !== undefined && isOurs(process))
  if (ours !== undefined) return ok(`UDP ${port} on ${nic}: ${describe(ours, holders)}`)
  const [hidden] = findPortConflicts('udp', address, port)
  if (hidden !== undefined && hidden.process === undefined && process.getuid?.() !== 0)
    return skipped(`UDP ${port} on ${nic} is open, root can see by whom: sudo emf-pxe status`)
  const isBroadcast = address === broadcast
  const place = isBroadcast ? { interface: nic, broadcast: true } : {}
  const socket = await facts.options.network.open({ address, port, ...place })
  socket.close()
  return ok(`UDP ${port} on ${nic} is free`)
}

function describe(ours: PortHolder, holders: readonly PortHolder[]): string {
  const strangers = holders.filter(({ process }) => process === undefined || !isOurs(process))
  const shared = [...new Set(strangers.map(describeHolder))].join(', ')
  return `${describeHolder(ours)}${shared === '' ? '' : `, beside ${shared}`}`
}
