import { sha256OfFile } from '../../artifact/sha256.ts'
import { fetchFile } from '../../node/tftp-client.ts'
import { edk2 } from '../../node/tftp-profiles.ts'
import { fileProblem } from '../../probe/problems.ts'
import { escapeText } from '../../ui/text.ts'
import { formatBytes, formatDuration } from '../../ui/units.ts'
import { type Check, type CheckResult, failed, ok, skipped, worstOf } from '../check.ts'
import type { Facts } from '../facts.ts'

/**
 * End to end, as a node: what our own service offers is fetched from it and compared with the file it
 * should be. No address is asked for, so no lease is taken.
 */
export const selfTest: Check = {
  id: 'self-test',
  category: 'live',
  title: 'our own service delivers the boot file to a node, whole',
  dependsOn: ['our-offer', 'port-tftp', 'firewall-requests', 'firewall-transfers'],
  async run(facts) {
    const { mode, interfaces, bootFileName } = await facts.config()
    const wanted = await expectedHash(facts)
    if (wanted === undefined) return skipped('there is no boot file for x64 to compare with')
    const heard = mode === 'tftp-only' ? [] : await facts.heard()
    const places = heard.map(({ nic, ourAddress, answers }) => {
      const ours = answers.find(({ offer }) => offer.server === ourAddress)
      return { nic, server: ourAddress, file: ours?.offer.bootFile ?? bootFileName }
    })
    const tftpOnly = (await facts.servedNics()).flatMap(({ name, addresses: [first] }) => {
      const server = interfaces.find((entry) => entry.name === name)?.address ?? first?.address
      return server === undefined ? [] : [{ nic: name, server, file: bootFileName }]
    })
    const all = mode === 'tftp-only' ? tftpOnly : places
    if (all.length === 0) return skipped('no served NIC to fetch on')
    return worstOf(await Promise.all(all.map((place) => fetchOne(facts, place, wanted))))
  },
}

async function fetchOne(
  facts: Facts,
  { nic, server, file }: { nic: string; server: string; file: string },
  wanted: string,
): Promise<CheckResult> {
  const { ports } = await facts.config()
  const { network, clock } = facts.options
  const result = await fetchFile({
    network,
    clock,
    server: { address: server, port: ports.tftp },
    file,
    profile: { ...edk2, timeoutMs: 1000, tries: 4 },
    localAddress: server,
  })
  const remedy = 'journalctl -u emf-pxe -n 50 --no-pager'
  if (!result.ok)
    return failed(`${nic}: ${escapeText(file)} does not come: ${escapeText(fileProblem(result))}`, remedy)
  if (result.sha256 !== wanted)
    return failed(
      `${nic}: the service delivers sha256 ${result.sha256.slice(0, 12)}…, stored is ${wanted.slice(0, 12)}…`,
      'systemctl reload emf-pxe',
    )
  return ok(
    `${nic}: ${formatBytes(result.sizeBytes)} in ${formatDuration(result.durationMs)}, sha256 as stored`,
  )
}

async function expectedHash(facts: Facts): Promise<string | undefined> {
  if (await facts.usesArtifact()) return (await facts.stored().catch(() => undefined))?.entry.sha256
  const { x64 } = (await facts.config()).bootFiles
  return x64 === undefined ? undefined : sha256OfFile(x64)
}
