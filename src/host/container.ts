import { hostname } from 'node:os'
import { EmfPxeError } from '../errors/error.ts'
import { readText } from './read.ts'

/** What tells a container on a network of its own from one on the host's. */
export interface ContainerFacts {
  /** Docker, Podman or Kubernetes made this container; undefined outside of one. */
  readonly runtime: 'docker' | 'podman' | 'kubernetes' | undefined
  /** NICs but loopback. */
  readonly nics: readonly {
    readonly name: string
    readonly addresses: readonly string[]
    /** One end of a virtual cable whose other end lies in another network namespace. */
    readonly virtualCable: boolean
  }[]
  readonly hostName: string
  /** Text of /etc/hosts. */
  readonly hosts: string
}

/**
 * True when broadcasts of the site cannot reach this container. A network namespace with virtual
 * cables alone proves nothing (labs look so); what does is the name that the runtime gave the
 * container's own address in /etc/hosts, which it never writes with the host's network.
 */
export function isOnBridgeNetwork({ runtime, nics, hostName, hosts }: ContainerFacts): boolean {
  if (runtime === undefined || nics.length === 0) return false
  if (runtime === 'kubernetes') return /^# Kubernetes-managed hosts file\.$/m.test(hosts)
  const own = new Set(nics.flatMap((nic) => nic.addresses))
  const named = hosts
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some(([address = '', ...names]) => own.has(address) && names.includes(hostName))
  return named && nics.every((nic) => nic.virtualCable)
}

/** Throws CONTAINER_ON_BRIDGE, which no restart can help. */
export function refuseBridgeNetwork(facts: ContainerFacts): void {
  if (!isOnBridgeNetwork(facts)) return
  const seen = facts.nics.map(({ name, addresses }) => `${name} (${addresses.join(', ') || 'no address'})`)
  throw new EmfPxeError('CONTAINER_ON_BRIDGE', {
    message: `This ${facts.runtime} container has a network of its own, ${seen.join(', ')}: broadcasts of booting machines do not reach it.`,
    hint:
      facts.runtime === 'kubernetes'
        ? 'Set hostNetwork: true in the pod’s specification (the chart does).'
        : `${facts.runtime} run --network host …   (network_mode: host in a compose file)`,
  })
}

/** A NIC as `src/net/interfaces.ts` describes it. */
export interface DescribedNic {
  readonly name: string
  readonly kind: string
  readonly addresses: readonly { readonly address: string }[]
}

/** @param all every NIC; its `kind` tells a veth from a macvlan, which /sys cannot do inside a container. */
export function readContainerFacts(all: readonly DescribedNic[]): ContainerFacts {
  const nics = all
    .filter(({ kind }) => kind !== 'loopback')
    .map(({ name, kind, addresses }) => ({
      name,
      addresses: addresses.map(({ address }) => address),
      virtualCable: kind === 'veth',
    }))
  return { runtime: readRuntime(), nics, hostName: hostname(), hosts: readText('/etc/hosts') ?? '' }
}

function readRuntime(): ContainerFacts['runtime'] {
  if (process.env.KUBERNETES_SERVICE_HOST !== undefined) return 'kubernetes'
  if (/Kubernetes-managed hosts file/.test(readText('/etc/hosts') ?? '')) return 'kubernetes'
  if (readText('/.dockerenv') !== undefined) return 'docker'
  return readText('/run/.containerenv') === undefined ? undefined : 'podman'
}
