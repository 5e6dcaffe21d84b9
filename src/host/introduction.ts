/** What this machine is, for a person; and what is known of its NICs besides what the kernel says. */
export interface Introduction {
  /** `vm, Debian GNU/Linux 12, QEMU Standard PC`; empty when it is not known. */
  readonly summary: string
  /** NICs whose address came from a DHCP server. */
  readonly leasedNics: ReadonlySet<string>
}

/** Asking starts other programs (`ip`, `nmcli`): `init` does it once, the service never. */
const patienceMs = 5000

/** What systeminformation knows of this machine; what cannot be found out is left out. Never throws. */
export async function introduceMachine(): Promise<Introduction> {
  const unknown: Introduction = { summary: '', leasedNics: new Set() }
  const { promise: late, resolve } = Promise.withResolvers<Introduction>()
  const timer = setTimeout(resolve, patienceMs, unknown)
  try {
    return await Promise.race([ask(), late])
  } catch {
    return unknown
  } finally {
    clearTimeout(timer)
  }
}

async function ask(): Promise<Introduction> {
  // Loaded here because only a wizard needs it.
  const { default: information } = await import('systeminformation')
  const [system, os, nics] = await Promise.all([
    information.system(),
    information.osInfo(),
    information.networkInterfaces('*'),
  ])
  const parts = [os.hostname, `${os.distro} ${os.release}`, `${system.manufacturer} ${system.model}`]
  return {
    summary: parts
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(', '),
    leasedNics: new Set([nics].flat().flatMap(({ dhcp, iface }) => (dhcp ? [iface] : []))),
  }
}
