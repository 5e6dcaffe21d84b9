import { dnsmasqLines } from './hints/dnsmasq.ts'
import { type HintInputs, pasteable } from './hints/inputs.ts'
import { iscDhcpdLines } from './hints/isc-dhcpd.ts'
import { keaLines } from './hints/kea.ts'
import { mikrotikLines } from './hints/mikrotik.ts'
import { windowsLines } from './hints/windows.ts'

export type { HintInputs } from './hints/inputs.ts'

export type HintedServer = 'dnsmasq' | 'isc-dhcpd' | 'kea' | 'windows' | 'mikrotik'

/** What to tell a DHCP server that names the boot file itself. */
export interface ServerHint {
  readonly server: HintedServer
  readonly title: string
  /** Where the lines go, and what to do afterwards. */
  readonly where: string
  /** To be pasted as they are, but for what `where` says to fill in. */
  readonly lines: readonly string[]
}

/**
 * Lines for the site's DHCP server in mode `tftp-only`, where nothing is answered on port 67 and that
 * server has to name file and address. Each architecture gets its own file, HTTP boot clients and
 * ordinary ones get nothing. dnsmasq, ISC dhcpd and Kea accept theirs in tests; the other two follow
 * their makers' documentation. Without any boot file there is nothing to say.
 */
export function hints(given: HintInputs): readonly ServerHint[] {
  if (Object.keys(given.bootFiles).length === 0) return []
  const { scriptUrl } = given
  const inputs = { ...given, scriptUrl: scriptUrl === undefined ? undefined : pasteable(scriptUrl) }
  return [
    {
      server: 'dnsmasq',
      title: 'dnsmasq',
      where: '/etc/dnsmasq.d/emf-pxe.conf, then: systemctl restart dnsmasq',
      lines: dnsmasqLines(inputs),
    },
    {
      server: 'isc-dhcpd',
      title: 'ISC dhcpd',
      where: '/etc/dhcp/dhcpd.conf, at the top level, then: systemctl restart isc-dhcp-server',
      lines: iscDhcpdLines(inputs),
    },
    {
      server: 'kea',
      title: 'Kea',
      where:
        '"client-classes" inside "Dhcp4" in /etc/kea/kea-dhcp4.conf, then: systemctl restart kea-dhcp4-server',
      lines: keaLines(inputs),
    },
    {
      server: 'windows',
      title: 'Windows Server',
      where: 'PowerShell as administrator on the DHCP server; takes effect at once',
      lines: windowsLines(inputs),
    },
    {
      server: 'mikrotik',
      title: 'MikroTik RouterOS 7.16 or newer',
      where: 'a terminal on the router; put your own names for dhcp1 and pool1 (/ip dhcp-server print)',
      lines: mikrotikLines(inputs),
    },
  ]
}
