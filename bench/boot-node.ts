import { execFileSync } from 'node:child_process'
import { systemClock } from '../src/net/clock.ts'
import { KernelNetwork } from '../src/net/kernel.ts'
import { networkBoot } from '../src/node/network-boot.ts'
import { edk2 } from '../src/node/tftp-profiles.ts'

/**
 * One edk2-like node in the namespace that it is started in (NIC `e0`, no address): prints how long it
 * took from its DISCOVER to the last byte, with edk2's own waiting times.
 */
const [mac = '52:54:00:00:00:01', prefixLength = '24'] = process.argv.slice(2)
/** UefiPxeBcDxe listens for offers for 4 s, and to a boot server for 1 s, whatever it has heard. */
const waits = { windowMs: 4000, bootServerMs: 1000 }
const startedAtMs = performance.now()
let askedBootServer = false

const { result } = await networkBoot({
  network: new KernelNetwork(),
  clock: systemClock,
  interface: 'e0',
  hardware: { mac, architecture: 7 },
  transactionId: Date.now() % 0x1_0000_0000,
  ports: { server: 67, client: 68, bootServer: 4011, tftp: 69 },
  profile: edk2,
  ...waits,
  onStep: (step) => {
    if (step.kind === 'address') takeAddress(step.address)
    if (step.kind === 'bootServer') askedBootServer = true
  },
})
if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`)
const totalMs = performance.now() - startedAtMs
console.log(
  JSON.stringify({ totalMs, askedBootServer, sizeBytes: result.sizeBytes, fetchMs: result.durationMs }),
)

function takeAddress(address: string): void {
  execFileSync('ip', ['address', 'replace', `${address}/${prefixLength}`, 'dev', 'e0'])
}
