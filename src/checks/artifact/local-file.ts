import { readFile } from 'node:fs/promises'
import { inspect } from '../../artifact/inspect/inspect.ts'
import { escapeText } from '../../ui/text.ts'
import { type CheckResult, failed } from '../check.ts'

/** What is wrong with a local boot file; undefined when nothing is. */
export async function readLocalFile(architecture: string, path: string): Promise<CheckResult | undefined> {
  const shown = escapeText(path)
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return failed(`${architecture}: ${shown} cannot be read`, `ls -l ${shown}`)
  if (architecture === 'bios')
    return bytes.length === 0 ? failed(`bios: ${shown} is empty`, `ls -l ${shown}`) : undefined
  const { image, foreign } = inspect(bytes)
  if (image?.architecture === architecture) return undefined
  const what =
    image === undefined ? escapeText(foreign?.description ?? 'no EFI program') : `for ${image.machine}`
  return failed(`${architecture}: ${shown} is ${what}`, `emf-pxe inspect --arch ${architecture} ${shown}`)
}
