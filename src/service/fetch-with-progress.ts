import type { DownloadOptions } from '../artifact/download/options.ts'
import type { RefreshOutcome } from '../artifact/refresh.ts'
import type { Config } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import type { Progress } from '../ui/progress.ts'
import type { Ui } from '../ui/ui.ts'
import { formatDuration } from '../ui/units.ts'
import { usesArtifact } from './boot-sources.ts'
import { type RefreshParts, refreshFrom } from './refreshing.ts'

/** One look at the orchestrator that a person waits for: a bar while bytes come, a word while they do not. */
export async function fetchWithProgress(
  config: Config,
  parts: RefreshParts,
  ui: Pick<Ui, 'progress' | 'note'>,
  signal: AbortSignal,
  limits: Pick<DownloadOptions, 'patienceMs' | 'stallMs'> = {},
): Promise<RefreshOutcome> {
  if (!usesArtifact(config)) throw nothingToFetch()
  let bar: Progress | undefined
  const outcome = await refreshFrom(config, parts, {
    evenIfHeldBack: true,
    download: {
      ...limits,
      signal,
      onProgress: ({ receivedBytes, totalBytes }) => {
        bar ??= ui.progress({ label: 'boot file', ...(totalBytes === undefined ? {} : { totalBytes }) })
        bar.update(receivedBytes, totalBytes)
      },
      onWaiting: ({ error, delayMs, elapsedMs, patienceMs }) => {
        bar?.clear()
        const left = formatDuration(Math.max(0, patienceMs - elapsedMs))
        ui.note(
          `${error.message}\nTrying again in ${formatDuration(delayMs)}, for ${left} more (Ctrl-C stops).`,
        )
      },
    },
  })
  if (outcome.kind === 'kept') bar?.fail()
  else bar?.succeed()
  return outcome
}

function nothingToFetch(): EmfPxeError {
  return new EmfPxeError('CONFIG_INVALID', {
    message: 'The configuration names no orchestrator to fetch from; x64 nodes get a local file.',
    hint: 'Set `orchestrator.fqdn` and leave out `bootFiles.x64`.',
  })
}
