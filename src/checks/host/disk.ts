import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { formatBytes } from '../../ui/units.ts'
import { type Check, failed, ok, skipped, warning } from '../check.ts'

/** A new boot file beside the two that are kept, and room for the history. */
const neededBytes = 16_000_000
const comfortableBytes = 200_000_000

export const stateDirectory: Check = {
  id: 'state-directory',
  category: 'host',
  title: 'the state directory has room',
  dependsOn: [],
  async run(facts) {
    const { stateDirectory: directory } = facts.options
    const there = await nearest(directory)
    const { bavail, bsize, files, ffree } = await statfs(there)
    const freeBytes = bavail * bsize
    const seen = `${formatBytes(freeBytes)} free for ${directory}`
    const remedy = `du -xh --max-depth=2 "$(findmnt -n -o TARGET -T ${there})" | sort -h | tail`
    if (files > 0 && ffree < 16)
      return failed(`no file can be made in ${there}: its inodes are used up`, remedy)
    if (freeBytes < neededBytes) return failed(`${seen}, ${formatBytes(neededBytes)} wanted`, remedy)
    if (there === directory && !(await writable(there)))
      return process.getuid?.() === 0
        ? failed(
            `${directory} cannot be written`,
            `mount -o remount,rw "$(findmnt -n -o TARGET -T ${there})"`,
          )
        : skipped(`needs root: ${seen}, not ours to write`)
    return freeBytes < comfortableBytes ? warning(seen, remedy) : ok(seen)
  },
}

/** The directory itself, or what of its path is there. */
async function nearest(directory: string): Promise<string> {
  const found = await stat(directory).catch(() => undefined)
  return found !== undefined || dirname(directory) === directory ? directory : nearest(dirname(directory))
}

async function writable(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK).then(
    () => true,
    () => false,
  )
}
