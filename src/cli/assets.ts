import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'
import { getAssetKeys, getRawAsset, isSea } from 'node:sea'

/**
 * Files that travel with the program: `templates/…`, `docs/errors.md`, `build.json`,
 * `licenses.txt`. In the single binary they are inside it; otherwise they lie beside `src/`.
 * Names are relative paths with forward slashes.
 */
export function readAsset(name: string): Buffer {
  if (isSea()) return Buffer.from(getRawAsset(name))
  return readFileSync(onDisk(name))
}

export function hasAsset(name: string): boolean {
  return isSea() ? getAssetKeys().includes(name) : existsSync(onDisk(name))
}

/** Every asset whose name starts with `prefix` (a directory such as `templates/helm/`), sorted. */
export function assetNames(prefix: string): string[] {
  const names = isSea() ? getAssetKeys().filter((name) => name.startsWith(prefix)) : listOnDisk(prefix)
  return names.sort()
}

function listOnDisk(prefix: string): string[] {
  const directory = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  if (!existsSync(onDisk(directory))) return []
  return readdirSync(onDisk(directory), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(assetRoot().length + 1))
    .filter((name) => name.startsWith(prefix))
}

function onDisk(name: string): string {
  if (normalize(name).startsWith('..') || name.startsWith('/'))
    throw new Error(`not the name of an asset: ${name}`)
  return join(assetRoot(), name)
}

/** The project when run from source, `dist/npm` when run from the npm build. */
function assetRoot(): string {
  return join(import.meta.dirname, '..', '..')
}
