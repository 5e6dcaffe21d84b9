import { boolean, integer, string } from '@oclif/core/flags'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { loadConfig } from '../src/config/load.ts'
import { type ExitCode, exitCodes } from '../src/errors/exit-codes.ts'
import { systemClock } from '../src/net/clock.ts'
import { readInterfaces } from '../src/net/interfaces.ts'
import { KernelNetwork } from '../src/net/kernel.ts'
import { type NodeKindName, nodeKinds } from '../src/probe/kinds.ts'
import { localHash } from '../src/probe/local-file.ts'
import { probeMac, toMac, toUuid } from '../src/probe/mac.ts'
import { choosePlace } from '../src/probe/place.ts'
import { probe } from '../src/probe/probe.ts'
import { probeReport } from '../src/probe/report.ts'
import { showProbe } from '../src/probe/show.ts'
import { configHere } from '../src/service/config-here.ts'

export default class Probe extends BaseCommand {
  static override description = [
    'Plays a node on a NIC: shows every answer on the LAN, which one firmware would take and why, and fetches the file as firmware does. Works with any PXE server, from any machine of the LAN, and takes no lease.',
    'Listening where nodes listen (UDP 68) needs root. Exit code 3 when such a node would not get a file.',
  ].join('\n')
  static override examples = [
    'emf-pxe probe',
    'emf-pxe probe --interface eth1 --as bios',
    'emf-pxe probe --mac 52:54:00:12:34:56 --json',
  ]
  static override flags = {
    ...commonFlags('config', 'state-dir', 'json', 'quiet'),
    interface: string({ description: 'NIC to ask on; default: the configured one.', helpValue: 'NIC' }),
    as: string({
      description: 'Kind of node to play.',
      options: Object.keys(nodeKinds),
      default: 'edk2-x64',
    }),
    mac: string({ description: 'MAC address of the node; default: one that no machine has.' }),
    uuid: string({ description: 'SMBIOS UUID of the node; default: none.' }),
    wait: integer({
      description: 'Seconds to wait for answers; firmware waits 4.',
      default: 4,
      min: 1,
      max: 60,
    }),
    fetch: boolean({ description: 'Fetch the file, or not (--no-fetch).', default: true, allowNo: true }),
  }

  async run(): Promise<ExitCode> {
    const { flags } = await this.parse(Probe)
    const as = flags.as as NodeKindName
    const config = await loadConfig(flags.config).then(
      (loaded) => configHere(loaded.config),
      () => undefined,
    )
    const names = config?.interfaces.map(({ name }) => name) ?? []
    const place = choosePlace(readInterfaces(), flags.interface, names)
    const mac = flags.mac === undefined ? probeMac() : toMac(flags.mac)
    const { dhcp = 67, dhcpClient = 68, bootServer = 4011, tftp = 69 } = config?.ports ?? {}
    const spinner = await this.ui.spinner(`Asking on ${place.interface}`)
    const found = await probe({
      network: new KernelNetwork(),
      clock: systemClock,
      interface: place.interface,
      ourAddress: place.address,
      ports: { server: dhcp, client: dhcpClient, bootServer, tftp },
      kind: nodeKinds[as],
      mac,
      uuid: flags.uuid === undefined ? undefined : toUuid(flags.uuid),
      windowMs: flags.wait * 1000,
      fetches: flags.fetch,
    }).finally(() => spinner.stop())
    const local = await localHash(as, config, flags['state-dir'])
    const report = probeReport({ as, interface: place.interface, mac }, found, local)
    this.finish('probe', report, () => showProbe(report, this.ui.theme, this.ui.columns))
    const works = report.file !== null && report.file.problem === null
    return works ? exitCodes.ok : exitCodes.unhealthy
  }
}
