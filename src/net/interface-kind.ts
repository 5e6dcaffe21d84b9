import { existsSync } from 'node:fs'
import { readText } from '../host/read.ts'

export type InterfaceKind =
  | 'physical'
  | 'wireless'
  | 'vlan'
  | 'bridge'
  | 'docker'
  | 'bond'
  | 'veth'
  | 'macvlan'
  | 'tunnel'
  | 'loopback'
  | 'virtual'

/** ARPHRD_LOOPBACK of <linux/if_arp.h>. */
const loopbackType = '772'
/** Docker's own bridges: one by default, one per user-defined network. */
const dockerBridge = /^(docker\d+|br-[0-9a-f]{12})$/
/** What drivers call their devices, to the kernel or in `uevent`, and what that is to us. */
const driverKinds: Readonly<Record<string, InterfaceKind>> = {
  vlan: 'vlan',
  bridge: 'bridge',
  bond: 'bond',
  team: 'bond',
  wlan: 'wireless',
  veth: 'veth',
  macvlan: 'macvlan',
  ipvlan: 'macvlan',
  tun: 'tunnel',
  vxlan: 'tunnel',
  wireguard: 'tunnel',
  geneve: 'tunnel',
  gre: 'tunnel',
  ipip: 'tunnel',
}

/**
 * What a NIC is, from the name of its driver where the kernel told it, and its directory below
 * /sys/class/net.
 */
export function interfaceKind(path: string, name: string, driver?: string): InterfaceKind {
  const fact = (file: string) => readText(`${path}/${file}`)?.trim()
  const has = (file: string) => existsSync(`${path}/${file}`)
  if (fact('type') === loopbackType) return 'loopback'
  const kind = driverKinds[driver ?? /^DEVTYPE=(.+)$/m.exec(fact('uevent') ?? '')?.[1] ?? '']
  if (kind === 'bridge' || has('bridge')) return dockerBridge.test(name) ? 'docker' : 'bridge'
  if (kind !== undefined) return kind
  if (has('tun_flags')) return 'tunnel'
  if (has('wireless') || has('phy80211')) return 'wireless'
  if (has('device')) return 'physical'
  // A veth's link is its other end, in another namespace or under another number.
  return driver !== undefined || fact('iflink') === fact('ifindex') ? 'virtual' : 'veth'
}
