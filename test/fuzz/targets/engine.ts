import assert from 'node:assert/strict'
import { MemoryHost } from '../../../src/net/memory-host.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { golden as dhcpGolden } from '../../wire/dhcp/goldens.ts'
import { type Exchange, exchangeMutations, exchangesOf } from '../exchanges.ts'
import { engineOn, file, nic, ourAddress } from '../fuzzed-engine.ts'
import { tftpGolden } from '../seeds.ts'
import type { FuzzTarget } from '../target.ts'
import { Views } from '../views.ts'
import { Watch } from '../watch.ts'
import { wholeBoots } from '../whole-boots.ts'

/** Longest that a transfer may outlive its client's last word. */
const mostPatienceMs = 130_000

export async function open(): Promise<FuzzTarget> {
  return {
    feeds:
      'up to a few dozen datagrams to a whole engine: from nodes, relays and forged addresses, to every port of ours, with time passing in between',
    holds: [
      'no exception, at once or later',
      'an address that has not answered on a port of ours that it could only have learned from us gets one packet at most for each of its own; the DHCP ports never send more packets than came',
      'what is sent is a DHCP reply, or an OACK, DATA or ERROR; DATA holds the boot file’s bytes and nothing else; no ERROR is answered with an ERROR',
      'no control character in any log, story or live view, and no line beyond the screen',
      'two minutes after the last datagram no transfer is left, and a node is answered as on the first day',
    ],
    longestBytes: 8_192,
    seeds: wholeBoots(),
    mutations: exchangeMutations,
    mostWork: (bytes) => 3_000_000 + 2_000 * bytes,
    run,
  }
}

async function run(bytes: Uint8Array): Promise<void> {
  const clock = new VirtualClock()
  const watch = new Watch(file)
  const host: MemoryHost = new MemoryHost([nic], (socket, _nic, sent, to) => {
    watch.sent(sent, socket.local, to)
    // A forged source can be our own: what comes back to ourselves must not go round for ever.
    const from = { address: ourAddress, port: socket.local.port }
    if (to.address === ourAddress) deliver(host, watch, { bytes: sent.slice(), from, to, waitMs: 0 })
  })
  const views = new Views(clock)
  const engine = engineOn(host, clock, views.record, 3)
  await engine.start()
  for (const exchange of exchangesOf(bytes)) {
    deliver(host, watch, exchange)
    if (exchange.waitMs > 0) await clock.advance(exchange.waitMs)
  }
  await clock.advance(mostPatienceMs)
  if (engine.runningTransfers !== 0) assert.fail(`${engine.runningTransfers} transfers are left`)
  views.look()
  stillServes(host, watch)
  await engine.stop()
}

function deliver(host: MemoryHost, watch: Watch, { bytes, from, to }: Exchange): void {
  const port = to.port ?? watch.dataPortFor(from) ?? 69
  watch.received(from, port, bytes, () => host.deliver(nic, bytes, from, { address: to.address, port }))
}

const lastNode = { address: '10.79.0.250', port: 2_070 }

/** A node that comes afterwards is offered the boot file, and is sent it. */
function stillServes(host: MemoryHost, watch: Watch): void {
  const before = watch.answers
  const everybody = { address: '255.255.255.255', port: 67 }
  const nobody = { address: '0.0.0.0', port: 68 }
  deliver(host, watch, { bytes: discoverOfLastNode, from: nobody, to: everybody, waitMs: 0 })
  if (watch.answers !== before + 1) assert.fail('a node that comes afterwards is offered nothing')
  const tftp = { address: ourAddress, port: 69 }
  deliver(host, watch, { bytes: tftpGolden('read-ovmf'), from: lastNode, to: tftp, waitMs: 0 })
  if (watch.answers !== before + 2) assert.fail('a node that comes afterwards is sent nothing')
}

const discoverOfLastNode = dhcpGolden('edk2-x64-discover').bytes.with(33, 0xfe)
