import type { ServeEvent } from '../../events/event.ts'
import type { Architecture } from '../../proxydhcp/types.ts'
import { problemsOf } from './problems.ts'
import type { LiveBootFile, LiveInterface, LiveService, LiveSite } from './snapshot.ts'

/** What the configuration asks for. */
export interface Expected {
  readonly interfaces: readonly string[]
  readonly architectures: readonly Architecture[]
}

/** What was last heard of the boot file that is fetched from the orchestrator. */
export interface ArtifactNews {
  readonly refreshFailure?: string
  readonly trustMismatch?: { readonly trusted: string; readonly served: string }
  readonly certificateExpiresAtMs?: number
}

/** A fold over everything that concerns the service as a whole, not one node. */
export class Site {
  readonly #interfaces = new Map<string, LiveInterface>()
  readonly #bootFiles = new Map<Architecture, LiveBootFile>()
  readonly #troubles = new Map<string, string>()
  #service: LiveService
  #news: ArtifactNews = {}
  /** SHA-256 of the boot file that the news are about. */
  #judged: string | undefined

  constructor(version: string, startedAtMs: number) {
    this.#service = { version, startedAtMs, state: 'starting' }
  }

  /** Other NICs and files are forgotten; those not heard of yet are waited for. */
  expect({ interfaces, architectures }: Expected, atMs: number): void {
    keepOnly(this.#interfaces, interfaces)
    keepOnly(this.#bootFiles, architectures)
    for (const name of interfaces) {
      if (!this.#interfaces.has(name)) this.#setInterface({ name, state: 'starting', sinceMs: atMs })
    }
  }

  /** Something beside the events that a person must know of: history on a full disk. */
  trouble(topic: string, sentence: string | undefined): void {
    if (sentence === undefined) this.#troubles.delete(topic)
    else this.#troubles.set(topic, sentence)
  }

  /** True when the event changed anything. */
  apply(event: ServeEvent): boolean {
    return this.#applyInterface(event) || this.#applyBootFile(event) || this.#applyService(event)
  }

  get news(): ArtifactNews {
    return this.#news
  }

  view(nowMs: number): LiveSite {
    const interfaces = [...this.#interfaces.values()]
    const bootFiles = [...this.#bootFiles.values()]
    const { state } = this.#service
    const problems = problemsOf({ interfaces, bootFiles, news: this.#news, state, nowMs }, [
      ...this.#troubles.values(),
    ])
    const ready = state === 'serving' && problems.every(({ severity }) => severity !== 'error')
    return { service: this.#service, interfaces, bootFiles, problems, ready }
  }

  #applyInterface(event: ServeEvent): boolean {
    const { atMs: sinceMs } = event
    switch (event.type) {
      case 'interface.listening':
      case 'interface.readdressed': {
        const { interface: name, address } = event
        return this.#setInterface({ name, state: 'listening', address, sinceMs })
      }
      case 'interface.waiting':
        return this.#setInterface({ name: event.interface, state: 'waiting', detail: event.reason, sinceMs })
      case 'interface.failed':
        return this.#setInterface({ name: event.interface, state: 'failed', detail: event.message, sinceMs })
      default:
        return false
    }
  }

  #applyBootFile(event: ServeEvent): boolean {
    if (event.type === 'artifact.loaded') {
      const { architecture, path, sizeBytes, sha256, atMs: sinceMs } = event
      this.#bootFiles.set(architecture, { architecture, state: 'served', path, sizeBytes, sha256, sinceMs })
      // `fetch` or `rollback` stored it: what was wrong with the file of before is not wrong with this one.
      if (architecture === 'x64' && sha256 !== this.#judged) this.#news = {}
      return true
    }
    if (event.type !== 'artifact.missing') return false
    const { architecture, path, message: detail, atMs: sinceMs } = event
    const known = this.#bootFiles.get(architecture)
    // The last good bytes go on being served from memory.
    const next = known?.state === 'served' ? { ...known, detail } : undefined
    this.#bootFiles.set(architecture, next ?? { architecture, state: 'missing', path, detail, sinceMs })
    return true
  }

  #applyService(event: ServeEvent): boolean {
    switch (event.type) {
      case 'service.started':
        return this.#setService({ state: 'serving' })
      case 'service.draining':
        return this.#setService({ state: 'draining' })
      case 'service.stopped':
        return this.#setService({ state: 'stopped' })
      // Alarms follow the result of the refresh that raised them, and end with the next one.
      case 'artifact.refreshed':
        this.#judged = event.sha256
        return this.#setNews({}, event.atMs)
      case 'artifact.unchanged':
        this.#judged = this.#bootFiles.get('x64')?.sha256
        return this.#setNews({}, event.atMs)
      case 'artifact.refresh-failed':
        this.#judged = this.#bootFiles.get('x64')?.sha256
        return this.#setNews({ refreshFailure: event.message })
      case 'artifact.trust-mismatch':
        return this.#setNews({ ...this.#news, trustMismatch: event })
      case 'artifact.certificate-expiring':
        return this.#setNews({ ...this.#news, certificateExpiresAtMs: event.expiresAtMs })
      default:
        return false
    }
  }

  #setInterface(entry: LiveInterface): true {
    this.#interfaces.set(entry.name, entry)
    return true
  }

  #setService(change: Partial<LiveService>): true {
    this.#service = { ...this.#service, ...change }
    return true
  }

  #setNews(news: ArtifactNews, refreshedAtMs?: number): true {
    this.#news = news
    return refreshedAtMs === undefined ? true : this.#setService({ refreshedAtMs })
  }
}

function keepOnly<Key>(map: Map<Key, unknown>, wanted: readonly Key[]): void {
  for (const key of map.keys()) if (!wanted.includes(key)) map.delete(key)
}
