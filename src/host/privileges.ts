import { readText } from './read.ts'

/** The capabilities that matter here, by their bit (<linux/capability.h>). */
const capabilityBits = {
  CAP_DAC_READ_SEARCH: 2,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_SYS_PTRACE: 19,
} as const

export type Capability = keyof typeof capabilityBits

/** What a process may do. */
export interface Privileges {
  readonly userId: number
  readonly isRoot: boolean
  /** Effective now. */
  readonly capabilities: ReadonlySet<Capability>
  /** Could still be gained by a program with file capabilities; empty of those that a container withholds. */
  readonly obtainable: ReadonlySet<Capability>
  /** Set-user-id and file capabilities have no effect (systemd `NoNewPrivileges=`, containers). */
  readonly noNewPrivileges: boolean
  /** Ports from here on are free to every user. */
  readonly firstFreePort: number
}

/** Of this process, or of another one by its number: `status` looks at the running service. Undefined when it has ended. */
export function readPrivileges(pid: number | 'self' = 'self'): Privileges | undefined {
  const status = readText(`/proc/${pid}/status`)
  if (status === undefined) return undefined
  return parsePrivileges(status, readText('/proc/sys/net/ipv4/ip_unprivileged_port_start') ?? '')
}

/** Reads /proc/PID/status, and the kernel's setting of the first port for everybody. */
export function parsePrivileges(status: string, firstFreePort: string): Privileges {
  const field = (name: string) => new RegExp(`^${name}:\\s+(\\S.*)$`, 'm').exec(status)?.[1] ?? ''
  const [, effectiveUser = ''] = field('Uid').split(/\s+/)
  const userId = Number(effectiveUser)
  return {
    userId,
    isRoot: userId === 0 && effectiveUser !== '',
    capabilities: capabilitiesIn(field('CapEff')),
    obtainable: capabilitiesIn(field('CapBnd')),
    noNewPrivileges: field('NoNewPrivs') === '1',
    firstFreePort: Number(firstFreePort.trim() || 1024),
  }
}

/** True when a port may be opened without any help. */
export function mayOpenPort(privileges: Privileges, port: number): boolean {
  return port >= privileges.firstFreePort || privileges.capabilities.has('CAP_NET_BIND_SERVICE')
}

function capabilitiesIn(hex: string): ReadonlySet<Capability> {
  const bits = /^[0-9a-f]+$/.test(hex) ? BigInt(`0x${hex}`) : 0n
  const names = Object.keys(capabilityBits) as Capability[]
  return new Set(names.filter((name) => (bits >> BigInt(capabilityBits[name])) & 1n))
}
