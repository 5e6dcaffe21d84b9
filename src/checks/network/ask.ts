import { discover } from '../../probe/discover.ts'
import { nodeKinds } from '../../probe/kinds.ts'
import { probeMac } from '../../probe/mac.ts'
import type { Facts, HeardOnNic } from '../facts.ts'

/** Plays an edk2 node on every served NIC that has a link and an address, and listens. */
export async function askTheLan(facts: Facts): Promise<readonly HeardOnNic[]> {
  const { interfaces, ports } = await facts.config()
  const usable = (await facts.servedNics()).filter(
    ({ running, addresses }) => running && addresses.length > 0,
  )
  return Promise.all(
    usable.map(async ({ name, addresses }) => {
      const wanted = interfaces.find((entry) => entry.name === name)?.address
      const ourAddress = wanted ?? addresses[0]?.address ?? ''
      const mac = probeMac()
      const { network, clock, windowMs } = facts.options
      const answers = await discover({
        network,
        clock,
        interface: name,
        sourceAddress: addresses[0]?.address ?? '',
        ports: { server: ports.dhcp, client: ports.dhcpClient, bootServer: ports.bootServer },
        kind: nodeKinds['edk2-x64'],
        mac,
        windowMs,
      })
      return { nic: name, ourAddress, mac, answers }
    }),
  )
}
