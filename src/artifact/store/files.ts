import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { sha256Of } from '../sha256.ts'
import { syncDirectory, type WriteStep, writeAtomically } from './atomic-file.ts'
import type { Manifest, StoredEntry } from './manifest.ts'

type Named = Pick<StoredEntry, 'sha256'>

/** The boot files of a store, each under its own SHA-256, with the db certificate that came along. */
export class StoredFiles {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  pathOf({ sha256 }: Named): string {
    return join(this.#directory, `${sha256}.efi`)
  }

  /** Undefined when the file is gone, or is not what was stored. */
  async intactBytes(entry: Named): Promise<Buffer | undefined> {
    const bytes = await readIfThere(this.pathOf(entry))
    return bytes !== undefined && sha256Of(bytes) === entry.sha256 ? bytes : undefined
  }

  async dbCertificateOf({ sha256 }: Named): Promise<{ der: Buffer; path: string } | undefined> {
    const path = join(this.#directory, dbNameOf(sha256))
    const der = await readIfThere(path)
    return der === undefined ? undefined : { der, path }
  }

  /** Leaves a file that is there and intact alone. */
  async place(entry: Named, bytes: Uint8Array, onStep: (step: WriteStep) => void): Promise<void> {
    if ((await this.intactBytes(entry)) !== undefined) return
    await writeAtomically(this.#directory, `${entry.sha256}.efi`, bytes, onStep)
  }

  async placeDbCertificate({ sha256 }: Named, der: Uint8Array): Promise<void> {
    await writeAtomically(this.#directory, dbNameOf(sha256), der)
  }

  /** Removes what the manifest does not name. */
  async collect(manifest: Manifest | undefined): Promise<void> {
    const wanted = [manifest?.current.sha256, manifest?.previous?.sha256]
    const names = (await readdir(this.#directory)).filter((name) =>
      /^[0-9a-f]{64}\.(efi|db\.der)$/.test(name),
    )
    const unwanted = names.filter((name) => !wanted.includes(name.slice(0, 64)))
    await Promise.all(unwanted.map((name) => rm(join(this.#directory, name), { force: true })))
    if (unwanted.length > 0) await syncDirectory(this.#directory)
  }
}

function dbNameOf(sha256: string): string {
  return `${sha256}.db.der`
}

/** A file that cannot be read serves nobody: the same as one that is not there. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  return await readFile(path).catch(() => undefined)
}
