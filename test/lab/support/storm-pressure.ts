import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ServerOptions } from './storm-server.ts'
import type { StormSite } from './storm-site.ts'

/** A wall clock that can be moved, for the server alone; returns its options and how to move it. */
export function movableClock(site: StormSite): { options: ServerOptions; moveHours(hours: number): void } {
  const [library, file] = [join(site.directory, 'skew.so'), join(site.directory, 'skew')]
  const source = join(import.meta.dirname, '../tools/skew.c')
  execFileSync('cc', ['-O2', '-shared', '-fPIC', '-o', library, source])
  const moveHours = (hours: number) => {
    const seconds = Buffer.alloc(8)
    seconds.writeBigInt64LE(BigInt(hours * 3600))
    // In place: the process has the file mapped.
    writeFileSync(file, seconds, { flag: existsSync(file) ? 'r+' : 'w' })
  }
  moveHours(0)
  return { options: { environment: { LD_PRELOAD: library, SKEW_FILE: file } }, moveHours }
}

/**
 * The server with this much memory and no more, from its first moment; undefined where memory cannot be
 * limited. The control groups are mounted once more, for `ip netns exec` hides /sys.
 */
export function memoryLimit(site: StormSite, bytes: number): ServerOptions | undefined {
  const isOld = existsSync('/sys/fs/cgroup/memory/memory.limit_in_bytes')
  const place = join(site.directory, 'control-groups')
  mkdirSync(place)
  const type = isOld ? ['-t', 'cgroup', '-o', 'memory'] : ['-t', 'cgroup2']
  execFileSync('mount', [...type, 'none', place])
  site.onClose(() => execFileSync('umount', ['--lazy', place]))
  const group = join(place, `emf-pxe-storm-${process.pid}`)
  mkdirSync(group)
  site.onClose(() => rmdirSync(group))
  const limit = join(group, isOld ? 'memory.limit_in_bytes' : 'memory.max')
  if (!existsSync(limit)) return undefined
  writeFileSync(limit, String(bytes))
  return { before: ['sh', '-c', `echo $$ > ${group}/cgroup.procs && exec "$@"`, 'sh'] }
}

/** A state directory of so many bytes, on a file system of its own. */
export function smallDisk(site: StormSite, bytes: number): void {
  const { stateDirectory } = site.server
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', stateDirectory])
  site.onClose(() => execFileSync('umount', ['--lazy', stateDirectory]))
}

export function fillDisk(directory: string): void {
  try {
    for (let part = 0; ; part++) writeFileSync(join(directory, `filler-${part}`), Buffer.alloc(65_536))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** From now on the process can open nothing any more; what it has open stays. */
export function exhaustDescriptors(pid: number): void {
  const most = Math.max(...readdirSync(`/proc/${pid}/fd`).map(Number)) + 1
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${most}:${most}`])
}
