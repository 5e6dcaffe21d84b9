import { sha256OfFile } from '../artifact/sha256.ts'
import { ArtifactStore } from '../artifact/store/store.ts'
import type { Config } from '../config/schema.ts'
import type { NodeKindName } from './kinds.ts'

const architectures = {
  'edk2-x64': 'x64',
  'edk2-arm64': 'arm64',
  bios: 'bios',
  ipxe: 'x64',
  'http-x64': 'x64',
} as const satisfies Record<NodeKindName, string>

/** SHA-256 of the file that this machine would serve to such a node; undefined when there is none. */
export async function localHash(
  kind: NodeKindName,
  config: Config | undefined,
  stateDirectory: string,
): Promise<string | undefined> {
  const path = config?.bootFiles[architectures[kind]]
  if (path !== undefined) return sha256OfFile(path)
  if (architectures[kind] !== 'x64') return undefined
  const manifest = await new ArtifactStore(stateDirectory).read().catch(() => undefined)
  return manifest?.current.sha256
}
