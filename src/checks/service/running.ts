import { findPortHolders } from '../../host/port-holders.ts'
import type { ProcessFacts } from '../../host/process.ts'
import type { Facts } from '../facts.ts'

/** Somebody holds a port of ours, and only root can see who. */
export async function isHidden(facts: Facts): Promise<boolean> {
  const { ports } = await facts.config()
  return [ports.dhcp, ports.tftp, ports.bootServer]
    .flatMap((port) => findPortHolders('udp', port))
    .some(({ process }) => process === undefined)
}

/** The service's process as far as its ports show it, whoever started it; undefined when it holds none. */
export async function runningService(facts: Facts): Promise<ProcessFacts | undefined> {
  const { ports } = await facts.config()
  return [ports.dhcp, ports.tftp, ports.bootServer]
    .flatMap((port) => findPortHolders('udp', port))
    .map((holder) => holder.process)
    .find((process) => process !== undefined && isOurs(process))
}

/** `emf-pxe serve`, from the single binary, from npm, or from source; or its ports kept by systemd. */
export function isOurs({ name, command, unit }: Pick<ProcessFacts, 'name' | 'command' | 'unit'>): boolean {
  if (unit?.startsWith('emf-pxe')) return true
  if (name.startsWith('emf-pxe')) return true
  return /(emf-pxe\S*|bin\/run\.[jt]s|dist\/\S+\.js) serve(\s|$)/.test(command)
}
