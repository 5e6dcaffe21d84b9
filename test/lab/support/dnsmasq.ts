import type { Lan } from '../../support/namespaces.ts'
import { Transcript } from './transcript.ts'

/** As root, because the lab's files are in a directory that only root may read. */
const common = [
  ...['dnsmasq', '--keep-in-foreground', '--conf-file=/dev/null', '--log-facility=-', '--pid-file='],
  '--user=root',
]

/**
 * The site's own DHCP and DNS server, as a customer has it: dnsmasq with a pool, a gateway and a
 * resolver. `extraArgs` make it a difficult one.
 */
export function startSiteDhcp(
  lan: Lan,
  namespace: string,
  site: { readonly pool: string; readonly gateway: string; readonly names: Readonly<Record<string, string>> },
  extraArgs: readonly string[] = [],
): Promise<Transcript> {
  const addresses = Object.entries(site.names).map(([name, address]) => `--address=/${name}/${address}`)
  return start(lan, namespace, 'site DHCP', [
    ...['--no-resolv', '--no-hosts', '--interface=e0', '--bind-interfaces', '--leasefile-ro', '--log-dhcp'],
    // Without it the first offer of a new address comes after a ping that waits for three seconds.
    '--no-ping',
    `--dhcp-range=${site.pool},1h`,
    `--dhcp-option=option:router,${site.gateway}`,
    ...addresses,
    ...extraArgs,
  ])
}

/** dnsmasq as the PXE server of the site: what our engine is compared with. */
export function startDnsmasqAsPxe(
  lan: Lan,
  namespace: string,
  options: { readonly subnet: string; readonly tftpRoot: string; readonly scriptUrl: string },
): Promise<Transcript> {
  return start(lan, namespace, 'dnsmasq as PXE server', [
    ...['--port=0', '--interface=e0', '--bind-interfaces', '--log-dhcp'],
    `--dhcp-range=${options.subnet},proxy`,
    ...['--enable-tftp', `--tftp-root=${options.tftpRoot}`],
    '--dhcp-match=set:ipxe,175',
    '--pxe-service=tag:!ipxe,x86-64_EFI,emf-pxe-lab,ipxe.efi',
    `--pxe-service=tag:ipxe,x86-64_EFI,emf-pxe-lab,${options.scriptUrl}`,
  ])
}

async function start(
  lan: Lan,
  namespace: string,
  name: string,
  args: readonly string[],
): Promise<Transcript> {
  const child = lan.spawn(namespace, [...common, ...args])
  const log = Transcript.of(child, name)
  await log.waitFor(/started, version/, 10_000)
  return log
}
