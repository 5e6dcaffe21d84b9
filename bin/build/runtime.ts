import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { elfArchitecture } from './elf.ts'
import { projectRoot, readJson } from './project.ts'

export type Architecture = 'x64' | 'arm64'

export interface NodeRuntime {
  readonly binary: Buffer
  readonly license: string
}

/**
 * Node's own binary for an architecture, from the npm package that the lock file pins. npm
 * installs the one of this machine; the other is fetched with `npm pack`, checked against the
 * lock file's sha512 and kept below `node_modules/.cache`.
 */
export function nodeRuntime(architecture: Architecture): NodeRuntime {
  const name = `node-linux-${architecture}`
  const installed = join(projectRoot, 'node_modules', name)
  const directory = existsSync(join(installed, 'bin', 'node')) ? installed : fetchPackage(name)
  const binary = readFileSync(join(directory, 'bin', 'node'))
  if (elfArchitecture(binary) !== architecture) throw new Error(`${directory} does not hold ${architecture}`)
  return { binary, license: readFileSync(join(directory, 'LICENSE'), 'utf8') }
}

function fetchPackage(name: string): string {
  const { version, integrity } = lockedPackage(name)
  const directory = join(projectRoot, 'node_modules', '.cache', 'emf-pxe', `${name}-${version}`)
  const unpacked = join(directory, 'package')
  if (existsSync(join(unpacked, 'bin', 'node'))) return unpacked
  mkdirSync(directory, { recursive: true })
  console.error(`fetching ${name} ${version}`)
  execFileSync('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', directory], {
    cwd: directory,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const archive = join(directory, `${name}-${version}.tgz`)
  checkIntegrity(archive, integrity)
  execFileSync('tar', ['-xzf', archive, '-C', directory, 'package/bin/node', 'package/LICENSE'])
  return unpacked
}

function lockedPackage(name: string): { version: string; integrity: string } {
  const lock = readJson<{ packages: Record<string, { version: string; integrity: string }> }>(
    'package-lock.json',
  )
  const entry = lock.packages[`node_modules/${name}`]
  if (entry === undefined) throw new Error(`package-lock.json does not pin ${name}`)
  return entry
}

function checkIntegrity(archive: string, integrity: string): void {
  const seen = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (seen !== integrity) throw new Error(`${archive}: wanted ${integrity}, got ${seen}`)
}
