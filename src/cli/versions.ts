import { isSea } from 'node:sea'
import { buildInfo } from './build-info.ts'

export interface Versions {
  readonly version: string
  readonly commit: string
  /** ISO 8601; absent when run from source. */
  readonly committedAt?: string
  readonly form: 'single binary' | 'package'
  readonly node: string
  readonly openssl: string
  /** `linux-x64`. */
  readonly platform: string
}

export function readVersions(): Versions {
  return {
    ...buildInfo(),
    form: isSea() ? 'single binary' : 'package',
    node: process.versions.node,
    openssl: process.versions.openssl,
    platform: `${process.platform}-${process.arch}`,
  }
}

export function formatVersions(versions: Versions): string {
  const date = versions.committedAt === undefined ? '' : `, ${versions.committedAt}`
  return [
    `emf-pxe  ${versions.version}`,
    `source   ${versions.commit}${date}`,
    `form     ${versions.form}, ${versions.platform}`,
    `Node     ${versions.node}`,
    `OpenSSL  ${versions.openssl}`,
  ].join('\n')
}
