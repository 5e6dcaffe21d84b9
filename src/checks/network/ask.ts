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
      const { network, clock, windowMs } = facts.options
      const ask = async (mac: string) => ({
        mac,
        answers: await discover({
          network,
          clock,
          interface: name,
          sourceAddress: addresses[0]?.address ?? '',
          ports: { server: ports.dhcp, client: ports.dhcpClient, bootServer: ports.bootServer },
          kind: nodeKinds['edk2-x64'],
          mac,
          windowMs,
        }),
      })
      return { nic: name, ourAddress, ...(await askAgain(ask)) }
    }),
  )
}

type Heard = Pick<HeardOnNic, 'mac' | 'answers'>

/**
 * A datagram that got lost on a busy machine is no silent DHCP server: firmware asks again too. As
 * another node, for a PXE server may answer one that comes back in another form.
 */
async function askAgain(ask: (mac: string) => Promise<Heard>): Promise<Heard> {
  const first = await ask(probeMac())
  if (first.answers.some(({ offeredAddress }) => offeredAddress !== undefined)) return first
  const second = await ask(probeMac())
  const known = new Set(second.answers.map(({ offer }) => offer.server))
  const missed = first.answers.filter(({ offer }) => !known.has(offer.server))
  return { mac: second.mac, answers: [...second.answers, ...missed] }
}
