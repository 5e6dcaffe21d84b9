import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../../..')

/**
 * What a site is handed: the single binary, SHA256SUMS and install.sh, built from this tree.
 * EMF_PXE_LAB_MEDIA names a directory that has them already.
 */
export function buildMedia(directory: string): string {
  const ready = process.env.EMF_PXE_LAB_MEDIA
  if (ready !== undefined && ready !== '') return ready
  execFileSync(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      join(root, 'bin/build-binary.ts'),
      '--arch',
      'x64',
      '--out',
      directory,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  return directory
}
