import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cached, run } from './cache.ts'
import { mirror } from './debian.ts'

/** A Debian that systemd can boot, made once: what a small site server has, and nothing of ours. */
export function debianTree(): string {
  return cached('systemd-bookworm', (directory) => {
    const packages = 'systemd,systemd-sysv,dbus,iproute2,udev,procps'
    run('debootstrap', ['--variant=minbase', `--include=${packages}`, 'bookworm', directory, mirror()])
    run('rm', ['-rf', join(directory, 'var/cache/apt/archives')])
  })
}

/** A tree of one's own over the shared one; what is written stays on top and goes with `close`. */
export class OverlayTree {
  readonly root: string
  readonly #directory = mkdtempSync(join(tmpdir(), 'emf-pxe-tree-'))

  constructor(lower: string) {
    this.root = join(this.#directory, 'root')
    const [upper, work] = [join(this.#directory, 'upper'), join(this.#directory, 'work')]
    for (const directory of [this.root, upper, work]) mkdirSync(directory)
    run('mount', [
      '-t',
      'overlay',
      'overlay',
      '-o',
      `lowerdir=${lower},upperdir=${upper},workdir=${work}`,
      this.root,
    ])
  }

  close(): void {
    run('umount', ['--lazy', this.root])
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
