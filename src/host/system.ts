import { arch, release } from 'node:os'
import { escapeText } from '../ui/text.ts'
import { readText } from './read.ts'

export interface SystemFacts {
  /** `debian`, `ubuntu`, `rhel`…; `linux` where the distribution does not say. */
  readonly id: string
  /** Families it belongs to, such as `rhel fedora`. */
  readonly like: readonly string[]
  readonly version: string | undefined
  /** For people: `Debian GNU/Linux 12 (bookworm)`. */
  readonly name: string
  readonly kernel: string
  readonly architecture: string
}

/** The distribution (os-release(5)), kernel and processor of this machine. */
export function readSystem(): SystemFacts {
  const text = readText('/etc/os-release') ?? readText('/usr/lib/os-release') ?? ''
  return { ...parseOsRelease(text), kernel: release(), architecture: arch() }
}

/** `NAME=value` lines; values may be quoted as in a shell. */
export function parseOsRelease(text: string): Omit<SystemFacts, 'kernel' | 'architecture'> {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line.trim()) ?? []
    if (name !== undefined && value !== undefined) fields.set(name, escapeText(unquoted(value)))
  }
  const id = fields.get('ID') ?? 'linux'
  return {
    id,
    like: (fields.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== ''),
    version: fields.get('VERSION_ID'),
    name: fields.get('PRETTY_NAME') ?? id,
  }
}

function unquoted(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(value) ?? []
  if (quote === undefined || inner === undefined) return value
  return quote === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner
}
