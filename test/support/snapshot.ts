import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './imports.ts'

/** What the builds read. */
const parts = [
  'bin',
  'commands',
  'src',
  'templates',
  'docs',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
]

/**
 * Copies the tree (or another copy of it) to build from, so that edits going on meanwhile do no
 * harm and nothing of it is written to; node_modules is shared.
 */
export function copyTree(to: string, from = projectRoot): string {
  for (const part of parts) cpSync(join(from, part), join(to, part), { recursive: true })
  symlinkSync(join(projectRoot, 'node_modules'), join(to, 'node_modules'))
  return to
}

/** The commit that such a build is told, because a copy has none. */
export const toldCommit = '0123456789abcdef0123456789abcdef01234567'
export const toldEnvironment = {
  EMF_PXE_BUILD_COMMIT: toldCommit,
  EMF_PXE_BUILD_DATE: '2026-03-01T09:05:07Z',
}
