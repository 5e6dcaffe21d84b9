import { spawnSync } from 'node:child_process'
import { missing } from '../test/support/needs.ts'

const marker = 'EMF_PXE_BENCH_ALONE'

/**
 * Runs this program again in a network namespace of its own, where every server can have port 69 and
 * no other traffic is. Returns only inside it; the namespace goes with the process.
 */
export function enterOwnNetwork(): void {
  if (process.env[marker] === '1') return
  const problem = missing('root', 'unshare:util-linux', 'ip:iproute2')
  if (problem !== false) {
    console.error(`the benchmark ${problem}`)
    process.exit(5)
  }
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
    .map((word) => `'${word}'`)
    .join(' ')
  // tftpd-hpa refuses an address of its own on a host that has none but 127.0.0.1.
  const inside = `ip link set lo up && ip address add 192.0.2.1/32 dev lo && exec ${again}`
  const run = spawnSync('unshare', ['--net', 'sh', '-c', inside], {
    stdio: 'inherit',
    env: { ...process.env, [marker]: '1' },
  })
  process.exit(run.status ?? 1)
}
