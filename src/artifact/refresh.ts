import type { EmfPxeError } from '../errors/error.ts'
import { translateError } from '../errors/translate.ts'
import type { EventSink } from '../events/event.ts'
import type { Clock } from '../net/datagram.ts'
import { assess } from './assess/assess.ts'
import { type Expectations, type Finding, toError } from './assess/finding.ts'
import { download } from './download/download.ts'
import type { DownloadOptions, DownloadResult, DownloadWaiting } from './download/options.ts'
import type { ArtifactReport } from './inspect/report.ts'
import { heldBackError, isHeldBack, knownVersions, type Present, presentFrom } from './known-versions.ts'
import { writeLastCheck } from './last-check.ts'
import { announce, announceAlarms, noteOf } from './refresh-news.ts'
import { type ArtifactSource, fetchDbCertificate } from './source.ts'
import type { StoredEntry } from './store/manifest.ts'
import type { ArtifactStore, LoadedArtifact, Origin } from './store/store.ts'

export interface RefreshOptions {
  readonly store: ArtifactStore
  /** Finds the endpoint and settles trust; called once for each refresh, since certificates rotate. */
  readonly open: () => Promise<ArtifactSource>
  readonly expectations: Omit<Expectations, 'nowMs'>
  readonly clock: Clock
  readonly publish: EventSink
  /** Wall clock; default `Date.now`. */
  readonly nowMs?: () => number
  /** A person asks: take a file even when it is the one that was rolled back. */
  readonly evenIfHeldBack?: boolean
  readonly download?: Pick<
    DownloadOptions,
    'maxBytes' | 'patienceMs' | 'stallMs' | 'signal' | 'onProgress' | 'onWaiting'
  >
}

/** What became of it, and the state of the file that is served now. */
export type RefreshOutcome = RefreshedState & Decision

type Decision =
  | { readonly kind: 'unchanged' | 'replaced' }
  /** What was there stays, or there is still nothing. */
  | { readonly kind: 'kept'; readonly reason: EmfPxeError }

export interface RefreshedState {
  /** Undefined: nothing is stored. */
  readonly entry: StoredEntry | undefined
  readonly report: ArtifactReport | undefined
  /** What is not as it should be, worst first. */
  readonly findings: readonly Finding[]
}

/**
 * One look at the orchestrator: asks whether there is a newer boot file, inspects it, and stores it only
 * when it is fit and no worse than what is there. Never rejects for anything that goes wrong on the way:
 * that is the outcome `kept`. Publishes artifact.* events and leaves a note for `status`.
 * @throws the signal's reason when aborted
 */
export async function refreshOnce(options: RefreshOptions): Promise<RefreshOutcome> {
  const refresh = new Refresh(options)
  const decision = await refresh.decide()
  const outcome = { ...decision, ...(await refresh.state()) }
  const nowMs = (options.nowMs ?? Date.now)()
  announce(outcome, options.publish, nowMs)
  await writeLastCheck(options.store, noteOf(outcome, nowMs))
  return outcome
}

class Refresh {
  readonly #options: RefreshOptions
  /** DER of the certificate that the endpoint showed, as soon as it has. */
  #served: Uint8Array | undefined
  /** The news that a wait has begun, while they are being told. */
  #waitingNews: Promise<void> = Promise.resolve()

  constructor(options: RefreshOptions) {
    this.#options = options
  }

  async decide(): Promise<Decision> {
    try {
      const source = await this.#options.open()
      this.#served = source.servedCertificate
      const present = await this.#present()
      const result = await this.#download(source, present)
      this.#served = result.servedCertificate ?? this.#served
      if (result.kind === 'downloaded') return await this.#consider(result, source, present)
      return isHeldBack(present, result) ? kept(heldBackError()) : { kind: 'unchanged' }
    } catch (error) {
      this.#options.download?.signal?.throwIfAborted()
      return kept(translateError(error))
    } finally {
      await this.#waitingNews
    }
  }

  /** The file that is served now, seen beside the certificate that the endpoint shows now. */
  async state(): Promise<RefreshedState> {
    const stored = await this.#stored()
    if (stored === undefined) return { entry: undefined, report: undefined, findings: [] }
    const report = await this.#inspect(stored.bytes, stored.dbCertificate?.der)
    return { entry: stored.entry, report, findings: assess(report, this.#expectations()) }
  }

  async #present(): Promise<Present> {
    const stored = await this.#stored()
    const manifest = stored === undefined ? undefined : await this.#options.store.read()
    return presentFrom(stored, manifest, this.#options.evenIfHeldBack === true)
  }

  /** A store that cannot be read is as good as empty here: the next save repairs it. */
  async #stored(): Promise<LoadedArtifact | undefined> {
    return await this.#options.store.load().catch(() => undefined)
  }

  async #download({ client, url }: ArtifactSource, present: Present): Promise<DownloadResult> {
    const onWaiting = (waiting: DownloadWaiting) => {
      // What goes wrong in telling goes wrong again at the end, where it is heard.
      if (waiting.attempts === 1)
        this.#waitingNews = this.#tellOfWaiting(waiting.error).catch(() => undefined)
      this.#options.download?.onWaiting?.(waiting)
    }
    const { clock } = this.#options
    const known = knownVersions(present, withoutUserInfo(url))
    return await download({ ...this.#options.download, client, url, clock, known, onWaiting })
  }

  /** Patience may last 15 minutes: that nodes fail meanwhile must not wait as long. */
  async #tellOfWaiting(reason: EmfPxeError): Promise<void> {
    const outcome = { ...kept(reason), ...(await this.state()) }
    announceAlarms(outcome, this.#options.publish, this.#nowMs())
    await writeLastCheck(this.#options.store, noteOf(outcome, this.#nowMs()))
  }

  async #consider(
    result: DownloadResult & { kind: 'downloaded' },
    source: ArtifactSource,
    present: Present,
  ): Promise<Decision> {
    const dbCertificate = await fetchDbCertificate(source, this.#options.download?.signal)
    const report = await this.#inspect(result.bytes, dbCertificate)
    if (isHeldBack(present, { sha256: report.sha256 })) return kept(heldBackError())
    const findings = assess(report, this.#expectations())
    const refusal = findings.find(({ unfit }) => unfit) ?? (await this.#wouldBreak(findings, present))
    if (refusal !== undefined) return kept(toError(refusal))
    const origin = originOf(result, source.url, this.#nowMs())
    const saved = await this.#options.store.save(result.bytes, origin, dbCertificate)
    return { kind: saved === 'same' ? 'unchanged' : 'replaced' }
  }

  /** A file that nodes can boot from today is not given up for one that they cannot. */
  async #wouldBreak(findings: readonly Finding[], { stored }: Present): Promise<Finding | undefined> {
    const mismatch = findings.find(({ code }) => code === 'ARTIFACT_TRUST_MISMATCH')
    if (mismatch === undefined || stored === undefined) return undefined
    const present = await this.#inspect(stored.bytes, undefined)
    return present.served?.trust === 'trusted' ? mismatch : undefined
  }

  async #inspect(bytes: Uint8Array, dbCertificate: Uint8Array | undefined): Promise<ArtifactReport> {
    // Loaded here because its ASN.1 library takes 20 ms and 8 MB that a starting engine has no use for.
    const { inspect } = await import('./inspect/inspect.ts')
    return inspect(bytes, {
      ...(dbCertificate === undefined ? {} : { dbCertificates: [dbCertificate] }),
      ...(this.#served === undefined ? {} : { servedCertificate: this.#served }),
    })
  }

  #expectations(): Expectations {
    return { ...this.#options.expectations, nowMs: this.#nowMs() }
  }

  #nowMs(): number {
    return (this.#options.nowMs ?? Date.now)()
  }
}

function kept(reason: EmfPxeError): Decision & { kind: 'kept' } {
  return { kind: 'kept', reason }
}

function originOf(
  { etag, lastModified }: DownloadResult & { kind: 'downloaded' },
  url: string,
  fetchedAtMs: number,
): Origin {
  return {
    url: withoutUserInfo(url),
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
    fetchedAtMs,
  }
}

function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}
