import { EmfPxeError } from '../errors/error.ts'
import type { Clock, DatagramNetwork } from '../net/datagram.ts'
import { serverIdentifier } from '../wire/dhcp/addresses.ts'
import { bootFileName } from '../wire/dhcp/boot-file.ts'
import type { DhcpPacket } from '../wire/dhcp/packet.ts'
import {
  type AddressChoice,
  edk2BootServerRequest,
  edk2Discover,
  edk2Request,
  ipxeDiscover,
  ipxeRequest,
  type NodeHardware,
} from '../wire/dhcp/requests.ts'
import { type Choice, chooseAsEdk2, whyEdk2Drops } from './choose.ts'
import { askBootServer, DhcpClient, type HeardReply } from './dhcp-client.ts'
import { readOffer } from './offer.ts'
import { type FetchResult, fetchFile } from './tftp-client.ts'
import type { TftpProfile } from './tftp-profiles.ts'

export interface NetworkBootOptions {
  readonly network: DatagramNetwork
  readonly clock: Clock
  readonly interface: string
  readonly hardware: Omit<NodeHardware, 'transactionId'>
  readonly transactionId: number
  readonly ports: {
    readonly server: number
    readonly client: number
    readonly bootServer: number
    readonly tftp: number
  }
  readonly profile: TftpProfile
  /** How long offers are collected; edk2 waits 4 s. */
  readonly windowMs: number
  /** How long a boot server is listened to, all of it, as edk2 does (about 1 s); default: until it answers. */
  readonly bootServerMs?: number
  /** Told of each step as it is done. */
  readonly onStep?: (step: BootStep) => void
  readonly onData?: (bytes: Uint8Array) => void
}

export type BootStep =
  | { readonly kind: 'offers'; readonly heard: readonly HeardReply[]; readonly choice: Choice }
  | { readonly kind: 'address'; readonly address: string; readonly dhcpServer: string }
  | { readonly kind: 'bootServer'; readonly server: string; readonly file: string }
  | { readonly kind: 'file'; readonly server: string; readonly file: string; readonly result: FetchResult }

/** What a node ended up with. */
export interface NetworkBoot {
  readonly address: string
  readonly server: string
  readonly file: string
  readonly result: FetchResult
}

/**
 * A whole network boot as edk2 firmware does it: discover, wait, choose, take an address from the
 * site's DHCP server, ask the boot server if the offer says so, fetch by TFTP. Throws NODE_BOOT_FAILED with the
 * screen code that firmware would show.
 */
export function networkBoot(options: NetworkBootOptions): Promise<NetworkBoot> {
  const { network, clock, ports, profile, onData } = options
  const hardware = { ...options.hardware, transactionId: options.transactionId }
  return withClient(options, async (client) => {
    const heard = await client.ask(edk2Discover(hardware), options.windowMs)
    const choice = chooseFrom(heard)
    options.onStep?.({ kind: 'offers', heard, choice })
    if (choice.kind === 'none') throw failed(choice.screenCode, choice.why)
    const address = await takeAddress(client, heard, options, (choice) => edk2Request(hardware, choice))
    const { server, file } = await namedFile(choice, hardware, address, options)
    const from = { server: { address: server, port: ports.tftp }, localAddress: address }
    const data = onData === undefined ? {} : { onData }
    const result = await fetchFile({ network, clock, file, profile, ...from, ...data })
    options.onStep?.({ kind: 'file', server, file, result })
    return { address, server, file, result }
  })
}

/** Runs `task` with the port where nodes hear offers, and closes it again. */
async function withClient<T>(
  options: AddressBootOptions,
  task: (client: DhcpClient) => Promise<T>,
): Promise<T> {
  const { network, clock, ports, interface: nic } = options
  const client = await DhcpClient.open({ network, clock, interface: nic, sourceAddress: '0.0.0.0', ports })
  try {
    return await task(client)
  } finally {
    client.close()
  }
}

/** What edk2 would take of everything heard. */
export function chooseFrom(heard: readonly HeardReply[]): Choice {
  return chooseAsEdk2(
    heard.filter(({ packet }) => whyEdk2Drops(packet) === undefined).map(({ packet }) => readOffer(packet)),
  )
}

/**
 * What iPXE does as soon as it runs: takes an address of its own from the site's DHCP server. Returns
 * the address. Throws NODE_BOOT_FAILED when nobody offers one.
 */
export function addressAsIpxe(options: AddressBootOptions): Promise<string> {
  const hardware = { ...options.hardware, transactionId: options.transactionId }
  return withClient(options, async (client) => {
    const heard = await client.ask(ipxeDiscover(hardware), options.windowMs)
    return takeAddress(client, heard, options, (choice) => ipxeRequest(hardware, choice))
  })
}

type AddressBootOptions = Omit<NetworkBootOptions, 'profile' | 'onData'>
type AddressOptions = Pick<NetworkBootOptions, 'windowMs' | 'onStep'>

async function takeAddress(
  client: DhcpClient,
  heard: readonly HeardReply[],
  options: AddressOptions,
  requestFor: (choice: AddressChoice) => DhcpPacket,
): Promise<string> {
  const offer = heard.find(({ packet }) => packet.yiaddr !== '0.0.0.0')?.packet
  const dhcpServer = offer === undefined ? undefined : serverIdentifier(offer.options)
  if (offer === undefined || dhcpServer === undefined)
    throw failed('PXE-E16', 'no DHCP server offered an address')
  const request = requestFor({ requestedAddress: offer.yiaddr, dhcpServer })
  const [reply] = await client.ask(request, options.windowMs, () => true)
  if (reply === undefined)
    throw failed('PXE-E18', `DHCP server ${dhcpServer} did not confirm ${offer.yiaddr}`)
  options.onStep?.({ kind: 'address', address: offer.yiaddr, dhcpServer })
  return offer.yiaddr
}

async function namedFile(
  choice: Exclude<Choice, { kind: 'none' }>,
  hardware: NodeHardware,
  address: string,
  options: NetworkBootOptions,
): Promise<{ server: string; file: string }> {
  if (choice.kind === 'fetch') return { server: choice.server, file: choice.file }
  const { network, clock, ports, windowMs } = options
  const request = edk2BootServerRequest(hardware, address)
  const reply = await askBootServer(request, {
    network,
    clock,
    address,
    server: choice.server,
    port: ports.bootServer,
    windowMs: options.bootServerMs ?? windowMs,
    waitsWhole: options.bootServerMs !== undefined,
  })
  if (reply === undefined)
    throw failed('PXE-E18', `boot server ${choice.server} did not answer on port ${ports.bootServer}`)
  const file = bootFileName(reply.packet)
  if (file === undefined) throw failed('PXE-E16', `boot server ${choice.server} names no boot file`)
  const server = reply.packet.siaddr === '0.0.0.0' ? choice.server : reply.packet.siaddr
  options.onStep?.({ kind: 'bootServer', server, file })
  return { server, file }
}

function failed(screenCode: string, why: string): EmfPxeError {
  return new EmfPxeError('NODE_BOOT_FAILED', {
    message: `${screenCode}: ${why}`,
    hint: `emf-pxe explain ${screenCode}`,
  })
}
