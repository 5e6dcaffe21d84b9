import { EmfPxeError } from '../errors/error.ts'
import { type FindConflicts, portInUse } from './port-in-use.ts'

export interface Wanted {
  readonly address: string
  readonly port: number
  readonly interface?: string | undefined
}

/** Turns what the kernel said when a socket was opened into an error that a person can act on. */
export function openError(error: unknown, wanted: Wanted, findConflicts?: FindConflicts): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error
  const place = `UDP port ${wanted.port} on ${wanted.address}`
  const syscall = 'syscall' in error ? String(error.syscall) : ''
  switch (error.code) {
    case 'EADDRINUSE':
      return portInUse(wanted, error, findConflicts)
    case 'EADDRNOTAVAIL':
      return new EmfPxeError('ADDRESS_NOT_LOCAL', {
        message: `${place} is wanted, but this machine does not have the address ${wanted.address}`,
        cause: error,
      })
    case 'ENODEV':
      return new EmfPxeError('INTERFACE_MISSING', {
        message: `there is no network interface ${wanted.interface ?? '(unnamed)'} on this machine`,
        cause: error,
      })
    case 'EACCES':
      return new EmfPxeError('PORT_NOT_PERMITTED', {
        message: `${place} is wanted, but this user may not open ports below ${firstFreePort(wanted.port)}`,
        cause: error,
      })
    case 'EPERM':
      return syscall.includes('SO_BINDTODEVICE') ? deviceRefused(wanted, error) : error
    default:
      return error
  }
}

/** net.ipv4.ip_unprivileged_port_start is 1024 unless someone changed it, but never at or below a refused port. */
function firstFreePort(refused: number): number {
  return Math.max(1024, refused + 1)
}

/** Since Linux 5.7 binding a socket to a NIC needs no capability; before it needs CAP_NET_RAW. */
function deviceRefused(wanted: Wanted, cause: Error): EmfPxeError {
  return new EmfPxeError('DEVICE_BINDING_REFUSED', {
    message: `this kernel lets only CAP_NET_RAW bind a socket to ${wanted.interface ?? 'one interface'}`,
    cause,
  })
}
