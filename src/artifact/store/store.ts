import { dirname, join } from 'node:path'
import { withPlaces } from '../../config/places.ts'
import { EmfPxeError } from '../../errors/error.ts'
import { sha256Of } from '../sha256.ts'
import {
  makeLastingDirectory,
  removeStaleTemporaries,
  type WriteStep,
  writeAtomically,
} from './atomic-file.ts'
import { storeFailure } from './failure.ts'
import { StoredFiles } from './files.ts'
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
  /** DER of the Secure Boot db certificate that was fetched with it, and its file, to enrol on nodes. */
  readonly dbCertificate: { readonly der: Buffer; readonly path: string } | undefined
}

/**
 * Boot files on disk, below `<state directory>/artifact`: each under its own SHA-256, and a manifest
 * that says which one is current and which one was before. The manifest is replaced as one step, so a
 * cut at any moment leaves either the old pair or the new one. Readers take no lock.
 */
export class ArtifactStore {
  readonly directory: string
  readonly #files: StoredFiles
  readonly #onStep: (step: StoreStep) => void
  readonly #lockPatienceMs: number | undefined

  constructor(stateDirectory: string, options: StoreOptions = {}) {
    this.directory = join(stateDirectory, 'artifact')
    this.#files = new StoredFiles(this.directory)
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
    for (const entry of [manifest.current, manifest.previous]) {
      const bytes = entry === null ? undefined : await this.#files.intactBytes(entry)
      if (entry === null || bytes === undefined) continue
      const dbCertificate = await this.#files.dbCertificateOf(entry)
      const isFallback = entry !== manifest.current
      return { entry, bytes, path: this.pathOf(entry), isFallback, dbCertificate }
    }
    throw damaged(this.pathOf(manifest.current))
  }

  pathOf(entry: Pick<StoredEntry, 'sha256'>): string {
    return this.#files.pathOf(entry)
  }

  /**
   * Makes `bytes` the current file; the one before becomes the previous. `same`: these bytes were
   * current already, and only their origin was noted. `dbCertificate`: DER, kept beside it.
   * @throws EmfPxeError DISK_FULL, DISK_READ_ONLY, PERMISSION_DENIED, ARTIFACT_STORE_BUSY
   */
  async save(bytes: Uint8Array, origin: Origin, dbCertificate?: Uint8Array): Promise<'stored' | 'same'> {
    const entry: StoredEntry = { ...origin, sha256: sha256Of(bytes), sizeBytes: bytes.length }
    return await this.#change(bytes.length, async (manifest) => {
      const previous = await this.#lastIntact(manifest)
      await this.#files.place(entry, bytes, (step) => this.#onStep(`file ${step}`))
      if (dbCertificate !== undefined) await this.#files.placeDbCertificate(entry, dbCertificate)
      if (manifest?.current.sha256 === entry.sha256) {
        const { fetchedAtMs } = manifest.current
        await this.#placeManifest({ ...manifest, current: { ...entry, fetchedAtMs } })
        return 'same'
      }
      await this.#placeManifest({ schema: manifestSchema, current: entry, previous, heldBack: null })
      return 'stored'
    })
  }

  /**
   * Returns to the previous file, which then is current; the one left is kept as the previous and held
   * back from being fetched again. A second rollback undoes the first.
   * @throws EmfPxeError ARTIFACT_MISSING, ARTIFACT_NO_PREVIOUS, ARTIFACT_STORE_DAMAGED
   */
  async rollback(): Promise<StoredEntry> {
    // Where there is nothing, nothing is made either: not even the lock.
    if ((await this.#readableManifest()) === undefined) throw this.#missing()
    return await this.#change(0, async (manifest) => {
      if (manifest === undefined) throw this.#missing()
      const { current, previous, heldBack } = manifest
      if (previous === null) throw noPrevious(this.directory)
      if ((await this.#files.intactBytes(previous)) === undefined) throw damaged(this.pathOf(previous))
      const isReturn = heldBack === previous.sha256
      const hold = isReturn ? null : current.sha256
      await this.#placeManifest({ ...manifest, current: previous, previous: current, heldBack: hold })
      return previous
    })
  }

  /** Replaces a small file of notes beside the boot files, such as how the last check went. */
  async note(name: `${string}.json`, text: string): Promise<void> {
    await this.#change(text.length, () => writeAtomically(this.directory, name, text))
  }

  /** One writer at a time, on a clean directory; foreign errors become ours. */
  async #change<T>(sizeBytes: number, task: (manifest: Manifest | undefined) => Promise<T>): Promise<T> {
    try {
      await makeLastingDirectory(this.directory)
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

  /** Without a manifest that can be read nobody knows which files are wanted: all stay. */
  async #collect(): Promise<void> {
    const manifest = await this.read().catch(() => 'damaged' as const)
    if (manifest !== 'damaged') await this.#files.collect(manifest)
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

  async #placeManifest(manifest: Manifest): Promise<void> {
    const text = manifestText(manifest)
    await writeAtomically(this.directory, manifestName, text, (step) => this.#onStep(`manifest ${step}`))
  }

  /** What a new file should be able to fall back to: never a damaged one while there is a better. */
  async #lastIntact(manifest: Manifest | undefined): Promise<StoredEntry | null> {
    if (manifest === undefined) return null
    const isIntact = (await this.#files.intactBytes(manifest.current)) !== undefined
    return isIntact ? manifest.current : manifest.previous
  }

  #missing(): EmfPxeError {
    return new EmfPxeError('ARTIFACT_MISSING', {
      message: `${this.directory}: no boot file is stored there.`,
      hint: withPlaces('emf-pxe fetch', { 'state-dir': dirname(this.directory) }),
    })
  }
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
