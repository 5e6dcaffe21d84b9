import { EmfPxeError } from '../errors/error.ts'
import { findPortConflicts, type PortHolder } from '../host/port-holders.ts'

export type FindConflicts = (transport: 'udp', address: string, port: number) => readonly PortHolder[]

/** Names who holds the port, and what to do about that program. */
export function portInUse(
  place: { readonly address: string; readonly port: number },
  cause: unknown,
  findConflicts: FindConflicts = findPortConflicts,
): EmfPxeError {
  const holders = findConflicts('udp', place.address, place.port)
  const wanted = `UDP port ${place.port} on ${place.address} is wanted`
  const [holder] = holders
  if (holder === undefined)
    return new EmfPxeError('PORT_IN_USE', {
      message: `${wanted}, but another program has it open; it ended or hides from this user`,
      hint: `sudo ss -lunp 'sport = :${place.port}'`,
      cause,
    })
  return new EmfPxeError('PORT_IN_USE', {
    message: `${wanted}, but ${describeHolder(holder)} has it open on ${holder.socket.address}`,
    hint: remedy(holder),
    cause,
  })
}

/** `dnsmasq (pid 812, dnsmasq.service)`, with as much as is known. */
export function describeHolder({ process: holder, socket }: PortHolder): string {
  if (holder === undefined) return `a program of user id ${socket.userId} that cannot be seen from here`
  const { pid, unit, container, name } = holder
  const owner = container === undefined ? unit : `${container.engine} container ${container.id}`
  return `${name} (pid ${pid}${owner === undefined ? '' : `, ${owner}`})`
}

/** What to paste, or to change, so that the holder makes room. */
function remedy({ process: holder, socket }: PortHolder): string {
  if (holder === undefined) return `sudo ss -lunp 'sport = :${socket.port}'`
  if (holder.name === 'dnsmasq') return dnsmasqRemedy(socket.port, holder.unit)
  if (holder.pid === 1)
    return `systemctl list-sockets | grep ':${socket.port} '   # then: systemctl disable --now UNIT`
  if (holder.container?.engine === 'docker') return `docker stop ${holder.container.id}`
  if (holder.unit !== undefined) return `systemctl disable --now ${holder.unit}`
  return `Stop it (kill ${holder.pid}), or move it to another address, then start again.`
}

/**
 * dnsmasq's default is one socket on every address, of all ports that it serves; with
 * `bind-dynamic` its DHCP socket lets others share the port, and DNS and TFTP stay on its own addresses.
 */
function dnsmasqRemedy(port: number, unit: string | undefined): string {
  const restart = `systemctl restart ${unit ?? 'dnsmasq'}`
  if (port === 69) return `Remove enable-tftp from the configuration of dnsmasq, then: ${restart}`
  if (port === 4011)
    return `Remove pxe-service and dhcp-range=…,proxy from the configuration of dnsmasq, then: ${restart}`
  return `echo bind-dynamic > /etc/dnsmasq.d/emf-pxe.conf && ${restart}`
}
