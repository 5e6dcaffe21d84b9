import { readPrivileges } from '../../host/privileges.ts'
import { readText } from '../../host/read.ts'
import { formatBytes } from '../../ui/units.ts'
import { type Check, ok, skipped, warning } from '../check.ts'
import { runningService } from '../service/running.ts'

const ceilingFile = '/proc/sys/net/core/rmem_max'

/** The kernel's default loses some of 200 simultaneous requests; firmware asks again after 4 s. */
export const receiveBuffer: Check = {
  id: 'receive-buffer',
  category: 'host',
  title: 'requests of many nodes at once find room',
  dependsOn: ['configuration'],
  async run(facts) {
    const wanted = (await facts.config()).tftp.receiveBufferMegabytes * 1_000_000
    const service = await runningService(facts)
    const rights = readPrivileges(service?.pid ?? 'self')
    if (rights?.capabilities.has('CAP_NET_ADMIN')) return ok(`${formatBytes(wanted)}, whatever the limit`)
    const ceiling = Number(readText(ceilingFile) ?? Number.NaN)
    if (Number.isNaN(ceiling)) return skipped(`${ceilingFile} cannot be read here`)
    if (ceiling >= wanted) return ok(formatBytes(wanted))
    return warning(
      `net.core.rmem_max allows ${formatBytes(ceiling)}, wanted ${formatBytes(wanted)}: a request that finds no room costs its node 4 s`,
      `sysctl -w net.core.rmem_max=${wanted}   # to keep it: a line in /etc/sysctl.d; then start emf-pxe again`,
    )
  },
}
