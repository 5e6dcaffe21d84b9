import { EmfPxeError } from '../errors/error.ts'
import { translateError } from '../errors/translate.ts'
import type { EventSink } from '../events/event.ts'
import type { Clock } from '../net/datagram.ts'
import { assess } from './assess/assess.ts'
import { type Expectations, type Finding, toError } from './assess/finding.ts'
import { download } from './download/download.ts'
import type { DownloadOptions, DownloadResult, KnownVersions } from './download/options.ts'
import type { ArtifactReport } from './inspect/report.ts'
import { writeLastCheck } from './last-check.ts'
import { announce, noteOf } from './refresh-news.ts'
import { type ArtifactSource, fetchDbCertificate } from './source.ts'
import type { Manifest, StoredEntry } from './store/manifest.ts'
import type { ArtifactStore, LoadedArtifact } from './store/store.ts'

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
export type RefreshOutcome = RefreshedState &
  (
    | { readonly kind: 'unchanged' | 'replaced' }
    /** What was there stays, or there is still nothing. */
    | { readonly kind: 'kept'; readonly reason: EmfPxeError }
  )

export interface RefreshedState {
  /** Undefined: nothing is stored. */
  readonly entry: StoredEntry | undefined
  readonly report: ArtifactReport | undefined
  /** What is not as it should be, worst first. */
  readonly findings: readonly Finding[]
}

type Decision =
  | { readonly kind: 'unchanged' | 'replaced' }
  | { readonly kind: 'kept'; readonly reason: EmfPxeError }

/**
 * One look at the orchestrator: asks whether there is a newer boot file, inspects it, and stores it only
 * when it is fit and no worse than what is there. Never rejects for anything that goes wrong on the way:
 * that is the outcome `kept`. Publishes artifact.* events and leaves a note for `status`.
 * @throws the signal's reason when aborted
 */
export async function refreshOnce(options: RefreshOptions): Promise<RefreshOutcome> {
  const refresh = new Refresh(options)
  const decision = await refresh.decide()
  const state = await refresh.state()
  const nowMs = (options.nowMs ?? Date.now)()
  announce({ ...decision, ...state }, options.publish, nowMs)
  await writeLastCheck(options.store, noteOf({ ...decision, ...state }, nowMs))
  return { ...decision, ...state }
}

class Refresh {
  readonly #options: RefreshOptions
  /** DER of the certificate that the endpoint showed, as soon as it has. */
  #served: Uint8Array | undefined

  constructor(options: RefreshOptions) {
    this.#options = options
  }

  async decide(): Promise<Decision> {
    try {
      const source = await this.#options.open()
      this.#served = source.servedCertificate
      const stored = await this.#stored()
      const manifest = stored === undefined ? undefined : await this.#options.store.read()
      const result = await this.#download(source, stored, manifest)
      this.#served = result.servedCertificate ?? this.#served
      if (result.kind === 'downloaded') return await this.#consider(result, source, stored, manifest)
      return this.#isHeldBack(result.etag, manifest) ? heldBack() : { kind: 'unchanged' }
    } catch (error) {
      this.#options.download?.signal?.throwIfAborted()
      return { kind: 'kept', reason: translateError(error) }
    }
  }

  /** The file that is served now, seen beside the certificate that the endpoint shows now. */
  async state(): Promise<RefreshedState> {
    const stored = await this.#stored()
    if (stored === undefined) return { entry: undefined, report: undefined, findings: [] }
    const report = await this.#inspect(stored.bytes, stored.dbCertificate?.der)
    return { entry: stored.entry, report, findings: assess(report, this.#expectations()) }
  }

  async #download(
    { client, url }: ArtifactSource,
    stored: LoadedArtifact | undefined,
    manifest: Manifest | undefined,
  ): Promise<DownloadResult> {
    const known = this.#knownVersions(url, stored, manifest)
    return await download({ ...this.#options.download, client, url, clock: this.#options.clock, known })
  }

  /** What need not come again: the current file while it is intact, and one that was rolled back. */
  #knownVersions(
    url: string,
    stored: LoadedArtifact | undefined,
    manifest: Manifest | undefined,
  ): KnownVersions | undefined {
    if (stored === undefined || stored.isFallback) return undefined
    const entries = [stored.entry, this.#heldBackEntry(manifest)].filter((entry) => entry?.url === url)
    const etags = entries.map((entry) => entry?.etag).filter((etag) => etag !== undefined)
    return entries.length === 0 ? undefined : { etags, lastModified: entries[0]?.lastModified }
  }

  #heldBackEntry(manifest: Manifest | undefined): StoredEntry | undefined {
    const { previous, heldBack } = manifest ?? {}
    const isHeld = previous != null && previous.sha256 === heldBack && this.#options.evenIfHeldBack !== true
    return isHeld ? previous : undefined
  }

  #isHeldBack(etag: string | undefined, manifest: Manifest | undefined): boolean {
    const held = this.#heldBackEntry(manifest)?.etag
    return held !== undefined && held === etag && held !== manifest?.current.etag
  }

  async #consider(
    result: DownloadResult & { kind: 'downloaded' },
    source: ArtifactSource,
    stored: LoadedArtifact | undefined,
    manifest: Manifest | undefined,
  ): Promise<Decision> {
    const dbCertificate = await fetchDbCertificate(source, this.#options.download?.signal)
    const report = await this.#inspect(result.bytes, dbCertificate)
    if (report.sha256 === this.#heldBackEntry(manifest)?.sha256) return heldBack()
    const findings = assess(report, this.#expectations())
    const refusal = findings.find(({ unfit }) => unfit) ?? (await this.#wouldBreak(findings, stored))
    if (refusal !== undefined) return { kind: 'kept', reason: toError(refusal) }
    const { etag, lastModified } = result
    const origin = {
      url: withoutUserInfo(source.url),
      ...(etag === undefined ? {} : { etag }),
      ...(lastModified === undefined ? {} : { lastModified }),
      fetchedAtMs: this.#nowMs(),
    }
    const saved = await this.#options.store.save(result.bytes, origin, dbCertificate)
    return { kind: saved === 'same' ? 'unchanged' : 'replaced' }
  }

  /** A file that nodes can boot from today is not given up for one that they cannot. */
  async #wouldBreak(
    findings: readonly Finding[],
    stored: LoadedArtifact | undefined,
  ): Promise<Finding | undefined> {
    const mismatch = findings.find(({ code }) => code === 'ARTIFACT_TRUST_MISMATCH')
    if (mismatch === undefined || stored === undefined) return undefined
    const present = await this.#inspect(stored.bytes, undefined)
    return present.served?.trust === 'trusted' ? mismatch : undefined
  }

  /** A store that cannot be read is as good as empty here: the next save repairs it. */
  async #stored(): Promise<LoadedArtifact | undefined> {
    return await this.#options.store.load().catch(() => undefined)
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

function heldBack(): Decision {
  const reason = new EmfPxeError('ARTIFACT_HELD_BACK', {
    message: 'The orchestrator still has the boot file that was rolled back; it was not taken again.',
  })
  return { kind: 'kept', reason }
}

function withoutUserInfo(url: string): string {
  return url.replace(/\/\/[^/@]*@/, '//')
}
