import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { InitTarget } from './flags.ts'

/**
 * The service runs as a user of its own and sees no home and no temporary directories: a CA file that
 * only root can read would let `init` succeed, and every later refresh fail.
 * @throws EmfPxeError DEPLOY_PATH_UNUSABLE with the command that puts it in its place
 */
export async function refuseHiddenAuthorities(target: InitTarget, caFile: string | undefined): Promise<void> {
  if (caFile === undefined || (target !== 'systemd' && target !== 'docker')) return
  const hidden = target === 'systemd' && /^\/(home|root|run\/user|tmp|var\/tmp)\//.test(caFile)
  const isReadable = ((await stat(caFile)).mode & 0o004) !== 0
  if (!hidden && isReadable && (await areOpen(dirname(caFile)))) return
  const shown = escapeText(caFile)
  throw new EmfPxeError('DEPLOY_PATH_UNUSABLE', {
    message: `${shown} cannot be read by the service, which is a user of its own.`,
    hint: `install -D -m 644 ${shown} /etc/emf-pxe/ca.pem, then pass --ca-file /etc/emf-pxe/ca.pem`,
  })
}

/** Every directory on the way lets others through. */
async function areOpen(directory: string): Promise<boolean> {
  if (((await stat(directory)).mode & 0o001) === 0) return false
  return directory === '/' || areOpen(dirname(directory))
}
