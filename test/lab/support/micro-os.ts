import { chmodSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cached, run } from './cache.ts'
import { dependencyOf, unpackedPackage } from './debian.ts'

/** What the stand-in for Micro-OS prints as its first line; the serial number follows. */
export const microOsFirstLine = 'emf-pxe-lab: micro-os is up, serial'

/**
 * `/init` of the stand-in: it says which machine it is and powers off. The line is printed with a
 * leading newline, so that kernel messages cannot run into it.
 */
const init = `#!/bin/busybox sh
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox echo
/bin/busybox echo "${microOsFirstLine} $(/bin/busybox cat /sys/class/dmi/id/product_serial)"
/bin/busybox poweroff -f
`

export interface MicroOs {
  /** Path of the Linux kernel for x86-64. */
  readonly kernel: string
  /** Path of its initial RAM file system. */
  readonly initramfs: string
}

/** A kernel from Debian's cloud image package and an initramfs of one static busybox. */
export function microOs(): MicroOs {
  const directory = cached('micro-os', (scratch) => {
    const boot = join(unpackedPackage(dependencyOf('linux-image-cloud-amd64')), 'boot')
    const kernel = readdirSync(boot).find((name) => name.startsWith('vmlinuz-'))
    if (kernel === undefined) throw new Error(`no kernel in ${boot}`)
    cpSync(join(boot, kernel), join(scratch, 'vmlinuz-x86_64'))
    packInitramfs(scratch)
  })
  return { kernel: join(directory, 'vmlinuz-x86_64'), initramfs: join(directory, 'initramfs-x86_64') }
}

function packInitramfs(scratch: string): void {
  const tree = join(scratch, 'tree')
  for (const name of ['bin', 'sys', 'dev']) mkdirSync(join(tree, name), { recursive: true })
  cpSync('/bin/busybox', join(tree, 'bin/busybox'))
  writeFileSync(join(tree, 'init'), init)
  chmodSync(join(tree, 'init'), 0o755)
  run('mknod', [join(tree, 'dev/console'), 'c', '5', '1'])
  run('sh', ['-c', 'cd "$1" && find . | cpio --quiet -o -H newc | gzip > ../initramfs-x86_64', 'sh', tree])
  run('rm', ['-r', tree])
}
