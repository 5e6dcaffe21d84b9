import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '../artifact/assess/finding.ts'
import type { ArtifactReport } from '../artifact/inspect/report.ts'
import { showFacts } from '../artifact/show-report.ts'
import type { StoredEntry } from '../artifact/store/manifest.ts'
import { ArtifactStore } from '../artifact/store/store.ts'
import type { Config } from '../config/schema.ts'
import { fetchWithProgress } from '../service/fetch-with-progress.ts'
import { findingText } from './finding-text.ts'
import { warn } from './say.ts'
import type { InitSurroundings } from './surroundings.ts'

export interface FetchedArtifact {
  readonly entry: StoredEntry
  /** False: the same file is stored already. */
  readonly isNew: boolean
  readonly findings: readonly Finding[]
  /** Puts it where the service serves it from. */
  readonly keep: () => Promise<void>
}

/**
 * Fetches and inspects the boot file, and shows what it is. It then waits in memory: the one that is
 * served is not touched before the person agreed to the whole plan, and whatever ends the program at
 * that question leaves nothing behind.
 * @throws EmfPxeError what kept it from coming, or what is wrong with it
 */
export async function fetchStep(
  config: Config,
  stateDirectory: string,
  around: InitSurroundings,
): Promise<FetchedArtifact> {
  const directory = await mkdtemp(join(tmpdir(), 'emf-pxe-init-'))
  try {
    const [waiting, served] = [new ArtifactStore(directory), new ArtifactStore(stateDirectory)]
    await copyCurrent(served, waiting)
    return await fetchInto(waiting, served, config, around)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** What is there already need not come again. */
async function copyCurrent(from: ArtifactStore, to: ArtifactStore): Promise<void> {
  const current = await from.load().catch(() => undefined)
  if (current === undefined || current.isFallback) return
  await to.save(current.bytes, current.entry, current.dbCertificate?.der)
}

async function fetchInto(
  waiting: ArtifactStore,
  served: ArtifactStore,
  config: Config,
  around: InitSurroundings,
): Promise<FetchedArtifact> {
  const { clock, network, patienceMs, stallMs, ui } = around
  const parts = { store: waiting, clock, network, publish: () => {} }
  const outcome = await fetchWithProgress(config, parts, ui, around.abort, { patienceMs, stallMs })
  if (outcome.kind === 'kept') throw outcome.reason
  const { entry, bytes, dbCertificate } = await waiting.load()
  tell(outcome.report, outcome.findings, around)
  const isNew = (await served.read().catch(() => undefined))?.current.sha256 !== entry.sha256
  const keep = async () => {
    if (isNew) await served.save(bytes, entry, dbCertificate?.der)
  }
  return { entry, isNew, findings: outcome.findings, keep }
}

function tell(
  report: ArtifactReport | undefined,
  findings: readonly Finding[],
  { ui }: Pick<InitSurroundings, 'ui'>,
): void {
  if (report !== undefined) ui.note(showFacts(report, ui.sideTheme, ui.sideCapabilities.columns))
  for (const finding of findings) warn(ui, findingText(finding))
  if (findings.length === 0) ui.done('Nothing is wrong with the boot file')
  if (findings.some(({ severity }) => severity === 'error'))
    warn(ui, 'Nodes will not get far with this file; see above.')
}
