import { readFile } from 'node:fs/promises'
import type { ArtifactStore } from '../artifact/store/store.ts'
import { usualBootFileNames } from '../config/boot-file-names.ts'
import type { Config } from '../config/schema.ts'
import type { BootFileSource } from '../engine/boot-files.ts'
import type { Architecture } from '../proxydhcp/types.ts'

/** Where each boot file comes from: a local file when one is named, for x64 else the downloaded artifact. */
export function bootSources(config: Config, store: ArtifactStore): BootFileSource[] {
  const { x64, ...others } = config.bootFiles
  const local = Object.entries(others).flatMap(([architecture, path]) =>
    path === undefined ? [] : [localFile(architecture as keyof typeof usualBootFileNames, path)],
  )
  const first = x64 === undefined ? artifact(config, store) : [fromPath('x64', config.bootFileName, x64)]
  return [...first, ...local]
}

/** Where the artifact was downloaded from; undefined when there is none, or it is not the one served. */
export async function artifactUrl(config: Config, store: ArtifactStore): Promise<string | undefined> {
  if (!usesArtifact(config)) return undefined
  const manifest = await store.read().catch(() => undefined)
  return manifest?.current.url
}

/** True when x64 nodes get what was downloaded from the orchestrator. */
export function usesArtifact(config: Config): boolean {
  const { fqdn, artifactUrl: url } = config.orchestrator
  return config.bootFiles.x64 === undefined && (fqdn !== undefined || url !== undefined)
}

function artifact(config: Config, store: ArtifactStore): BootFileSource[] {
  if (!usesArtifact(config)) return []
  const read = async () => (await store.load()).bytes
  return [{ architecture: 'x64', name: config.bootFileName, path: store.directory, read }]
}

function localFile(architecture: keyof typeof usualBootFileNames, path: string): BootFileSource {
  return fromPath(architecture, usualBootFileNames[architecture], path)
}

function fromPath(architecture: Architecture, name: string, path: string): BootFileSource {
  return { architecture, name, path, read: () => readFile(path) }
}
