import { mayOpenPort, type Privileges, readPrivileges } from '../../host/privileges.ts'
import { type Check, type CheckResult, failed, ok, skipped, warning } from '../check.ts'
import type { Facts } from '../facts.ts'
import { runningService } from '../service/running.ts'

/** Without the right it may still serve by sockets from before; a NIC that comes back needs new ones. */
export const privileges: Check = {
  id: 'privileges',
  category: 'host',
  title: 'the service may open the ports that nodes use',
  dependsOn: ['configuration'],
  async run(facts) {
    const { ports, mode } = await facts.config()
    const wanted = mode === 'tftp-only' ? [ports.tftp] : [ports.dhcp, ports.tftp, ports.bootServer]
    const service = await runningService(facts)
    // Sockets of a socket unit: systemd opened them, and no right is needed.
    if (service?.pid === 1) return ok(`systemd opens them (${service.unit ?? 'a socket unit'})`)
    const rights = readPrivileges(service?.pid ?? 'self')
    if (rights === undefined) return skipped('the service has just ended')
    const barred = wanted.filter((port) => !mayOpenPort(rights, port))
    if (barred.length === 0) return ok(`${described(service?.name ?? 'this program', rights)}`)
    if (service === undefined) return lacking(facts, rights, barred)
    return warning(
      `${described(service.name, rights)}: it holds its ports, but may not open UDP ${barred.join(', ')} again when a NIC comes back`,
      service.unit === undefined
        ? `setcap cap_net_bind_service=+ep "$(readlink -f /proc/${service.pid}/exe)"   # then start it again`
        : `emf-pxe init   # writes the unit anew; then: systemctl restart ${service.unit}`,
    )
  },
}

/** `emf-pxe, user id 65532, CAP_NET_BIND_SERVICE`. */
function described(name: string, { userId, isRoot, capabilities, firstFreePort }: Privileges): string {
  const user = isRoot ? 'root' : `user id ${userId}`
  if (capabilities.has('CAP_NET_BIND_SERVICE')) return `${name}: ${user}, CAP_NET_BIND_SERVICE`
  return `${name}: ${user}, ports from ${firstFreePort} on`
}

/** Nothing runs yet: whether it could, if whoever asks started it. */
async function lacking(facts: Facts, rights: Privileges, barred: readonly number[]): Promise<CheckResult> {
  const ports = `UDP ${barred.join(', ')}`
  if (!rights.obtainable.has('CAP_NET_BIND_SERVICE'))
    return failed(
      `CAP_NET_BIND_SERVICE is withheld from this container or unit: not even root may open ${ports} here`,
      'Give it the capability NET_BIND_SERVICE: docker run --cap-add NET_BIND_SERVICE …, capabilities.add in a pod’s securityContext, CapabilityBoundingSet= in a unit.',
    )
  if ((await facts.installation()) !== undefined) return skipped('needs root, or a service that runs')
  const why = rights.noNewPrivileges ? ' (no_new_privs: file capabilities do not help)' : ''
  return failed(
    `user id ${rights.userId} may not open ${ports}${why}`,
    'sudo emf-pxe serve   # or once: sudo emf-pxe grant-ports',
  )
}
