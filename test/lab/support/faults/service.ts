import { rmSync } from 'node:fs'
import { atTheNode, type Fault, node, once, type PlayedNode, receipt, stored } from '../fault-making.ts'
import { at, bootFile } from '../fault-site.ts'

/** A packet filter at the node, which then boots as `play` says; the repair takes it away. */
function filteredNode(
  chain: string,
  play: (node: PlayedNode) => Promise<void>,
): Pick<Fault, 'make' | 'repair'> {
  return {
    make: node(async (played) => {
      await played.run(`nft 'table inet fw { chain ${chain} }'`)
      await play(played)
    }),
    repair: atTheNode('nft delete table inet fw'),
  }
}

async function untilGivenUp(played: PlayedNode): Promise<void> {
  await played.boot()
  await played.givenUp()
}

/** What is wrong with the service, while it runs, and what it tells of past boots. */
export const serviceFaults: readonly Fault[] = [
  // The service
  {
    name: 'a service that is not running',
    check: 'service-running',
    evidence: /nobody here serves boots/,
    remedy: /^emf-pxe serve/,
    make: async (site) => {
      await site.stopService()
      return once(() => site.startService())
    },
  },
  {
    name: 'an installation that was cut short',
    check: 'service-installed',
    evidence: /cut short/,
    make: receipt((known) => ({ ...known, complete: false })),
  },
  {
    name: 'another version installed',
    check: 'service-version',
    outcome: 'warning',
    evidence: /0\.0\.1 is installed/,
    make: receipt((known) => ({ ...known, version: '0.0.1' })),
  },
  {
    name: 'a unit that was changed',
    check: 'service-drift',
    outcome: 'warning',
    evidence: /changed since: .*unit/,
    make: receipt((known) => known),
  },
  {
    name: 'a unit that is gone',
    check: 'service-drift',
    evidence: /gone: .*unit/,
    make: receipt((known, file) => {
      rmSync(file)
      return known
    }),
  },
  // Live
  {
    name: 'a service that still serves an older file',
    check: 'self-test',
    evidence: /the service delivers sha256/,
    // Not by `emf-pxe fetch`, which would tell the service.
    make: stored(({ db, orchestrator }) => bootFile(db, orchestrator.endpoint, { seed: 11 })),
    repair: (site) => site.reloadService(),
  },
  // What boots tell
  {
    name: 'a legacy BIOS node that there is no file for',
    check: 'last-day',
    outcome: 'warning',
    evidence: /architecture-not-configured/,
    remedy: /bootFiles/,
    make: node((played) => played.boot('--as bios')),
    repair: async (site) => {
      site.writeConfig({ ...site.config, bootFiles: { bios: '/boot/ipxe.efi' } })
      await site.reloadService()
      await site.lastNode?.boot('--as bios')
      site.writeConfig()
    },
  },
  {
    name: 'a node that tries UEFI HTTP boot',
    check: 'last-day',
    outcome: 'warning',
    evidence: /http-boot-off/,
    remedy: /set the node to PXE/,
    make: node((played) => played.boot('--as http-x64')),
    repair: atTheNode(''),
  },
  {
    name: 'a node that ignores three offers',
    check: 'last-day',
    outcome: 'warning',
    evidence: /offers were sent.* and nothing was fetched/,
    remedy: /^emf-pxe probe/,
    ...filteredNode('out { type filter hook output priority 0; udp dport 4011 drop; };', async (played) => {
      for (let time = 0; time < 3; time++) await played.boot('--no-fetch')
    }),
  },
  {
    name: 'a firewall between node and server that knows nothing of data ports',
    check: 'last-day',
    outcome: 'warning',
    evidence: /never acknowledged: something drops UDP from our data ports/,
    remedy: /open UDP from the TFTP data ports/,
    ...filteredNode(
      'in { type filter hook input priority 0; udp sport { 67, 69, 4011 } accept; meta l4proto udp drop; };',
      untilGivenUp,
    ),
  },
  {
    name: 'a cable pulled during a transfer',
    check: 'last-day',
    outcome: 'warning',
    evidence: /stopped acknowledging at block \d+/,
    ...filteredNode(
      'in { type filter hook input priority 0; udp sport 1024-65535 udp sport != 4011 quota over 40 kbytes drop; };',
      untilGivenUp,
    ),
  },
  {
    name: 'a node that is told of a file that we do not have',
    check: 'last-day',
    outcome: 'warning',
    evidence: /grub\.efi.*is not served/,
    make: node(async (played) => {
      await played.boot('--no-fetch')
      await played.run(`curl -s --max-time 5 -o /dev/null tftp://${at.pxe}/grub.efi || true`)
    }),
    repair: atTheNode(''),
  },
]
