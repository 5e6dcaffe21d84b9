import { basename } from 'node:path'
import { readLink, readNames, readText } from '../host/read.ts'
import { type AddressBook, type InterfaceAddress, readAddressBook } from './address-book.ts'
import { type InterfaceKind, interfaceKind } from './interface-kind.ts'
import { loadLibc } from './libc/libc.ts'
import { readLinkKinds } from './libc/link-kinds.ts'
import { readRoutes } from './routes.ts'

/** A NIC, as the kernel describes it. */
export interface NetworkInterface {
  readonly name: string
  /** The kernel's number; another one for a NIC that went and came back by the same name. */
  readonly index: number
  readonly kind: InterfaceKind
  /** Switched on by the administrator (`ip link set … up`). */
  readonly up: boolean
  /** On, and the link works. */
  readonly running: boolean
  /** IPv4 addresses, the first one first; a NIC keeps them while its link is down. */
  readonly addresses: readonly InterfaceAddress[]
  /** Lower case with colons; undefined for NICs without one. */
  readonly mac: string | undefined
  readonly mtuBytes: number
  readonly speedMbps: number | undefined
  /** Bridge, bond or VRF that this NIC is a port of; a port has no address of its own. */
  readonly master: string | undefined
  readonly hasDefaultRoute: boolean
}

const everyInterface = '/sys/class/net'
const flagUp = 0x1

/** Every NIC of this network namespace, by name. */
export function readInterfaces(directory = everyInterface): NetworkInterface[] {
  const libc = loadLibc()
  const addresses = readAddressBook(libc)
  const drivers = libc === undefined ? new Map<number, string>() : readLinkKinds(libc)
  const withDefaultRoute = new Set(
    readRoutes().flatMap((route) => (route.mask === 0 ? [route.interface] : [])),
  )
  return readNames(directory)
    .sort()
    .map((name) => readInterface(directory, name, addresses, drivers))
    .filter((nic) => nic !== undefined)
    .map((nic) => ({ ...nic, hasDefaultRoute: withDefaultRoute.has(nic.name) }))
}

function readInterface(
  directory: string,
  name: string,
  addresses: AddressBook,
  drivers: ReadonlyMap<number, string>,
): Omit<NetworkInterface, 'hasDefaultRoute'> | undefined {
  const path = `${directory}/${name}`
  const link = readLinkState(name, directory)
  if (link === undefined) return undefined
  const master = readLink(`${path}/master`)
  return {
    name,
    ...link,
    kind: interfaceKind(path, name, drivers.get(link.index)),
    addresses: addresses({ name, index: link.index }),
    mac: macOf(readText(`${path}/address`)?.trim()),
    mtuBytes: Number(readText(`${path}/mtu`)),
    speedMbps: positive(readText(`${path}/speed`)),
    master: master && basename(master),
  }
}

/** The part that changes while running, and is read every second. Undefined when there is no such NIC. */
export function readLinkState(
  name: string,
  directory = everyInterface,
): Pick<NetworkInterface, 'index' | 'up' | 'running'> | undefined {
  const index = positive(readText(`${directory}/${name}/ifindex`))
  if (index === undefined) return undefined
  const up = (Number(readText(`${directory}/${name}/flags`)) & flagUp) !== 0
  const state = readText(`${directory}/${name}/operstate`)?.trim()
  // `unknown` is what drivers without link detection say, loopback among them.
  return { index, up, running: up && (state === 'up' || state === 'unknown') }
}

function macOf(text: string | undefined): string | undefined {
  return text !== undefined && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text) && !/^[0:]+$/.test(text)
    ? text
    : undefined
}

/** Unknown speeds are -1, or cannot be read. */
function positive(text: string | undefined): number | undefined {
  const value = Number(text ?? 0)
  return Number.isInteger(value) && value > 0 ? value : undefined
}
