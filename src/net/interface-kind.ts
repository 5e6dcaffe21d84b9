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
  | 'tunnel'
  | 'loopback'
  | 'virtual'

/** ARPHRD_LOOPBACK of <linux/if_arp.h>. */
const loopbackType = '772'
/** Docker's own bridges: one by default, one per user-defined network. */
const dockerBridge = /^(docker\d+|br-[0-9a-f]{12})$/
/** What drivers call their devices in `uevent`, and what that is to us. */
const deviceTypes: Readonly<Record<string, InterfaceKind>> = {
  vlan: 'vlan',
  bridge: 'bridge',
  bond: 'bond',
  wlan: 'wireless',
  vxlan: 'tunnel',
  wireguard: 'tunnel',
  geneve: 'tunnel',
}

/** What a NIC is, from its directory below /sys/class/net. */
export function interfaceKind(path: string, name: string): InterfaceKind {
  const fact = (file: string) => readText(`${path}/${file}`)?.trim()
  const has = (file: string) => existsSync(`${path}/${file}`)
  if (fact('type') === loopbackType) return 'loopback'
  const kind = deviceTypes[/^DEVTYPE=(.+)$/m.exec(fact('uevent') ?? '')?.[1] ?? '']
  if (kind === 'bridge' || has('bridge')) return dockerBridge.test(name) ? 'docker' : 'bridge'
  if (kind !== undefined) return kind
  if (has('tun_flags')) return 'tunnel'
  if (has('wireless') || has('phy80211')) return 'wireless'
  if (has('device')) return 'physical'
  // A veth's link is its other end, in another namespace or under another number.
  return fact('iflink') === fact('ifindex') ? 'virtual' : 'veth'
}
