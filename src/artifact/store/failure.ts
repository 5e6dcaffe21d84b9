import { EmfPxeError } from '../../errors/error.ts'
import { translateError } from '../../errors/translate.ts'

/** What kept the store from changing, in our words; what it held before is untouched and still served. */
export function storeFailure(error: unknown, directory: string, sizeBytes: number): EmfPxeError {
  const translated = translateError(error)
  if (translated.code !== 'DISK_FULL') return translated
  const wanted = sizeBytes > 0 ? ` for ${sizeBytes} bytes` : ''
  return new EmfPxeError('DISK_FULL', {
    message: `${directory}: the disk has no room${wanted}. What was stored before is still served.`,
    hint: `df -h ${directory}`,
    cause: error,
  })
}
