import { assessments, current, localFiles, present } from './artifact/boot-file.ts'
import { type Check, categories } from './check.ts'
import { clock } from './host/clock.ts'
import { configuration, containerNetwork } from './host/configuration.ts'
import { stateDirectory } from './host/disk.ts'
import { firewallRequests, firewallTransfers } from './host/firewall.ts'
import { neighbourTable } from './host/neighbour-table.ts'
import { portChecks } from './host/ports.ts'
import { privileges } from './host/privileges.ts'
import { receiveBuffer } from './host/receive-buffer.ts'
import { reversePath } from './host/reverse-path.ts'
import { lastDay } from './live/last-day.ts'
import { selfTest } from './live/self-test.ts'
import { advertisedAddress } from './network/advertised-address.ts'
import { nicAddress, nicLink } from './network/nics.ts'
import { ourOffer, rivalProxy, siteBootOptions, winner } from './network/rivals.ts'
import { dhcpDns, dhcpOptions, siteDhcp } from './network/site-dhcp.ts'
import { orchestratorVersion, token } from './orchestrator/account.ts'
import { bootScript, microOs, rateLimit } from './orchestrator/files.ts'
import { certificateExpiry, ipxeTls, orchestratorCertificate, orchestratorTls } from './orchestrator/reach.ts'
import { drift } from './service/drift.ts'
import { installed, restarts, running, version } from './service/service.ts'

const unordered: readonly Check[] = [
  ...[configuration, containerNetwork, privileges, ...portChecks, receiveBuffer, neighbourTable],
  ...[firewallRequests, firewallTransfers, reversePath],
  ...[clock, stateDirectory],
  ...[nicLink, nicAddress, siteDhcp, advertisedAddress, dhcpOptions, dhcpDns, rivalProxy, siteBootOptions],
  ...[present, ...assessments, current, localFiles],
  ...[orchestratorTls, orchestratorCertificate, certificateExpiry, ipxeTls, bootScript, microOs, rateLimit],
  ...[token, orchestratorVersion],
  ...[installed, running, restarts, version, drift],
  ...[ourOffer, winner, selfTest, lastDay],
]

/** Every check, in the order in which they are shown. */
export const allChecks: readonly Check[] = categories.flatMap((category) =>
  unordered.filter((check) => check.category === category),
)
