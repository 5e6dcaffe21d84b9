import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { projectRoot, readJson } from './project.ts'

interface PackageLicense {
  readonly title: string
  readonly text: string
}

/**
 * The licence of Node and of every package that the bundle took a file from, as one text.
 * Fails when a package has no licence that can be passed on.
 */
export function collectLicenses(bundledFiles: readonly string[], nodeLicense: string): string {
  const packages = [...new Set(bundledFiles.flatMap(packageDirectory))].sort().map(readPackageLicense)
  const own = readFileSync(join(projectRoot, 'LICENSE'), 'utf8')
  const sections = [
    { title: 'emf-pxe: Apache-2.0', text: own },
    ...packages,
    { title: `Node.js ${process.versions.node} and what it contains`, text: nodeLicense },
  ]
  return sections.map(({ title, text }) => `${rule}\n${title}\n${rule}\n\n${text.trim()}\n`).join('\n')
}

const rule = '='.repeat(78)

/** `node_modules/a/node_modules/@b/c/lib/x.js` → `node_modules/a/node_modules/@b/c`. */
export function packageDirectory(file: string): string[] {
  const match = /^(?<directory>.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)
  return match?.groups?.directory === undefined ? [] : [match.groups.directory]
}

function readPackageLicense(directory: string): PackageLicense {
  const manifest = readJson<{ name: string; version: string; license?: string; author?: unknown }>(
    join(directory, 'package.json'),
  )
  const title = `${manifest.name} ${manifest.version}: ${manifest.license ?? 'see text'}`
  const file = licenseFile(directory)
  if (file !== undefined) return { title, text: readFileSync(file, 'utf8') }
  if (manifest.license === undefined) throw new Error(`${directory} names no licence`)
  return { title, text: `${manifest.license}, ${authorName(manifest.author)}` }
}

/** Some packages of a family keep their licence in the directory above. */
function licenseFile(directory: string): string | undefined {
  const absolute = join(projectRoot, directory)
  const name = readdirSync(absolute).find((entry) => /^licen[cs]e([-.].*)?$/i.test(entry))
  if (name !== undefined) return join(absolute, name)
  const above = join(dirname(absolute), 'LICENSE')
  return existsSync(above) ? above : undefined
}

function authorName(author: unknown): string {
  if (typeof author === 'string') return author
  if (typeof author === 'object' && author !== null && 'name' in author) return String(author.name)
  return 'the authors named in its package.json'
}
