import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EmfPxeError } from '../../errors/error.ts'
import {
  makeDirectory,
  removeStaleTemporaries,
  syncDirectory,
  type WriteStep,
  writeAtomically,
} from './atomic-file.ts'
import { storeFailure } from './failure.ts'
import { withLock } from './lock.ts'
import {
  type Manifest,
  manifestName,
  manifestSchema,
  manifestText,
  readManifest,
  type StoredEntry,
} from './manifest.ts'

/** Where a change of the store has come to; tests kill the process at each. */
export type StoreStep = 'locked' | `file ${WriteStep}` | `manifest ${WriteStep}` | 'collected'

export interface StoreOptions {
  readonly onStep?: (step: StoreStep) => void
  /** How long to wait for another writer. Default 10 s. */
  readonly lockPatienceMs?: number
}

/** What is written down of a download beside its bytes. */
export type Origin = Pick<StoredEntry, 'url' | 'etag' | 'lastModified' | 'fetchedAtMs'>

export interface LoadedArtifact {
  readonly entry: StoredEntry
  readonly bytes: Buffer
  /** File that holds exactly these bytes, whatever is stored later. */
  readonly path: string
  /** True: the current file is damaged, this is the previous one. */
  readonly isFallback: boolean
}

/**
 * Boot files on disk, below `<state directory>/artifact`: each under its own SHA-256, and a manifest
 * that says which one is current and which one was before. The manifest is replaced as one step, so a
 * cut at any moment leaves either the old pair or the new one. Readers take no lock.
 */
export class ArtifactStore {
  readonly directory: string
  readonly #onStep: (step: StoreStep) => void
  readonly #lockPatienceMs: number | undefined

  constructor(stateDirectory: string, options: StoreOptions = {}) {
    this.directory = join(stateDirectory, 'artifact')
    this.#onStep = options.onStep ?? (() => undefined)
    this.#lockPatienceMs = options.lockPatienceMs
  }

  /** Undefined when nothing was ever stored. @throws EmfPxeError ARTIFACT_STORE_DAMAGED */
  read(): Promise<Manifest | undefined> {
    return readManifest(this.directory)
  }

  /**
   * The bytes to serve, their SHA-256 checked again: the current file, or the previous one when the
   * current one is damaged. @throws EmfPxeError ARTIFACT_MISSING, ARTIFACT_STORE_DAMAGED
   */
  async load(): Promise<LoadedArtifact> {
    const manifest = await this.read()
    if (manifest === undefined) throw this.#missing()
    const candidates = [manifest.current, manifest.previous].filter((entry) => entry !== null)
    for (const entry of candidates) {
      const bytes = await this.#intactBytes(entry)
      if (bytes === undefined) continue
      return { entry, bytes, path: this.pathOf(entry), isFallback: entry !== manifest.current }
    }
    throw damaged(this.pathOf(manifest.current))
  }

  pathOf({ sha256 }: Pick<StoredEntry, 'sha256'>): string {
    return join(this.directory, `${sha256}.efi`)
  }

  /**
   * Makes `bytes` the current file; the one before becomes the previous. `same`: these bytes were
   * current already, and only their origin was noted. @throws EmfPxeError DISK_FULL, ARTIFACT_STORE_BUSY, …
   */
  async save(bytes: Uint8Array, origin: Origin): Promise<'stored' | 'same'> {
    const entry: StoredEntry = { ...origin, sha256: sha256Of(bytes), sizeBytes: bytes.length }
    return await this.#change(bytes.length, async (manifest) => {
      const isSame = manifest?.current.sha256 === entry.sha256
      await this.#placeFile(entry, bytes)
      if (manifest !== undefined && isSame) {
        await this.#placeManifest({
          ...manifest,
          current: { ...entry, fetchedAtMs: manifest.current.fetchedAtMs },
        })
        return 'same'
      }
      const previous = await this.#lastIntact(manifest)
      await this.#placeManifest({ schema: manifestSchema, current: entry, previous, heldBack: null })
      return 'stored'
    })
  }

  /**
   * Returns to the previous file, which then is current; the one left is kept as the previous and held
   * back from being fetched again. A second rollback undoes the first.
   * @throws EmfPxeError ARTIFACT_NO_PREVIOUS, ARTIFACT_STORE_DAMAGED
   */
  async rollback(): Promise<StoredEntry> {
    return await this.#change(0, async (manifest) => {
      if (manifest === undefined) throw this.#missing()
      const { current, previous, heldBack } = manifest
      if (previous === null) throw noPrevious(this.directory)
      if ((await this.#intactBytes(previous)) === undefined) throw damaged(this.pathOf(previous))
      const isReturn = heldBack === previous.sha256
      await this.#placeManifest({
        ...manifest,
        current: previous,
        previous: current,
        heldBack: isReturn ? null : current.sha256,
      })
      return previous
    })
  }

  /** One writer at a time, on a clean directory; foreign errors become ours. */
  async #change<T>(sizeBytes: number, task: (manifest: Manifest | undefined) => Promise<T>): Promise<T> {
    try {
      await makeDirectory(this.directory)
      return await withLock(this.directory, () => this.#changeLocked(task), this.#lockPatienceMs)
    } catch (error) {
      throw storeFailure(error, this.directory, sizeBytes)
    }
  }

  /** What an interrupted writer left is removed first, to make room; what this one leaves, last. */
  async #changeLocked<T>(task: (manifest: Manifest | undefined) => Promise<T>): Promise<T> {
    this.#onStep('locked')
    await removeStaleTemporaries(this.directory)
    await this.#collect()
    try {
      return await task(await this.#readableManifest())
    } finally {
      await this.#collect().catch(() => undefined)
      this.#onStep('collected')
    }
  }

  /** A manifest that cannot be read is replaced by the next one: there is nothing to lose in it. */
  async #readableManifest(): Promise<Manifest | undefined> {
    try {
      return await this.read()
    } catch (error) {
      if (error instanceof EmfPxeError && error.code === 'ARTIFACT_STORE_DAMAGED') return undefined
      throw error
    }
  }

  async #placeFile(entry: StoredEntry, bytes: Uint8Array): Promise<void> {
    if ((await this.#intactBytes(entry)) !== undefined) return
    await writeAtomically(this.directory, `${entry.sha256}.efi`, bytes, (step) =>
      this.#onStep(`file ${step}`),
    )
  }

  async #placeManifest(manifest: Manifest): Promise<void> {
    const text = manifestText(manifest)
    await writeAtomically(this.directory, manifestName, text, (step) => this.#onStep(`manifest ${step}`))
  }

  /** Removes files that no manifest names any more. */
  async #collect(): Promise<void> {
    const manifest = await this.#readableManifest()
    const wanted = [manifest?.current, manifest?.previous].map((entry) => `${entry?.sha256}.efi`)
    const names = (await readdir(this.directory)).filter((name) => /^[0-9a-f]{64}\.efi$/.test(name))
    const unwanted = names.filter((name) => !wanted.includes(name))
    await Promise.all(unwanted.map((name) => rm(join(this.directory, name), { force: true })))
    if (unwanted.length > 0) await syncDirectory(this.directory)
  }

  /** What a new file should be able to fall back to: never a damaged one while there is a better. */
  async #lastIntact(manifest: Manifest | undefined): Promise<StoredEntry | null> {
    if (manifest === undefined) return null
    return (await this.#intactBytes(manifest.current)) === undefined ? manifest.previous : manifest.current
  }

  /** Undefined when the file is gone, or is not what was stored. */
  async #intactBytes(entry: StoredEntry): Promise<Buffer | undefined> {
    const bytes = await readFile(this.pathOf(entry)).catch(() => undefined)
    return bytes !== undefined && sha256Of(bytes) === entry.sha256 ? bytes : undefined
  }

  #missing(): EmfPxeError {
    return new EmfPxeError('ARTIFACT_MISSING', {
      message: `${this.directory}: no boot file is stored there.`,
    })
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function damaged(path: string): EmfPxeError {
  return new EmfPxeError('ARTIFACT_STORE_DAMAGED', {
    message: `${path}: the file is gone, or its SHA-256 is not the one in its name.`,
  })
}

function noPrevious(directory: string): EmfPxeError {
  return new EmfPxeError('ARTIFACT_NO_PREVIOUS', {
    message: `${directory}: only one boot file is stored there.`,
  })
}
