import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './cache.ts'
import type { Certificate } from './certificates.ts'
import { unpackedPackage } from './debian.ts'

/** Debian 12's own build (2019): no TLS, no embedded script. */
export const oldIpxe = '/boot/ipxe.efi'

/** The Debian release whose build speaks TLS. */
const suiteWithTls = 'trixie'

/** What every stock iPXE trusts: the SHA-256 fingerprint of the iPXE project's root certificate. */
const stockRoot = Buffer.from('9faf717b7f8ca2f93c256c79f8ac5591895d66d1ff3bee6397a70d29c65eed1a', 'hex')

/** A stock iPXE with TLS; returns its path. */
export function modernIpxe(architecture: 'amd64' | 'arm64' = 'amd64'): string {
  return join(unpackedPackage('ipxe', suiteWithTls), `usr/lib/ipxe/ipxe-${architecture}.efi`)
}

/**
 * The nearest thing to the orchestrator's `signed_ipxe.efi` that can be made without iPXE's source:
 * Debian's build with its trusted root replaced by the endpoint's certificate, signed with a
 * Secure Boot key. Its TLS trust is real. The certificate and the script are in a section of their
 * own, where a search finds them as in the real file, but iPXE does not run that script: the lab
 * hands out its URL instead. Returns the file's path in `directory`.
 */
export function makeSignedIpxe(
  directory: string,
  embedded: { readonly endpoint: Certificate; readonly script: string },
  signer: Certificate,
): string {
  const { endpoint, script } = embedded
  const trusting = join(directory, 'trusting.efi')
  const carrying = join(directory, 'carrying.efi')
  writeFileSync(trusting, withTrustedRoot(readFileSync(modernIpxe()), endpoint.fingerprint))
  const cargo = join(directory, 'embedded.bin')
  writeFileSync(cargo, Buffer.concat([endpoint.der, Buffer.alloc(16), Buffer.from(script), Buffer.alloc(1)]))
  run('objcopy', [
    ...['--add-section', `.embed=${cargo}`, '--set-section-flags', '.embed=alloc,load,readonly,data'],
    ...['--change-section-address', '.embed=0x400000'],
    ...[trusting, carrying],
  ])
  return signImage(carrying, signer, join(directory, 'signed_ipxe.efi'))
}

/** Signs an EFI program or a kernel for Secure Boot; returns the path of the signed copy. */
export function signImage(image: string, signer: Certificate, signed: string): string {
  run('sbsign', ['--key', signer.keyPath, '--cert', signer.certificatePath, '--output', signed, image])
  return signed
}

function withTrustedRoot(image: Buffer, fingerprint: Buffer): Buffer {
  const at = image.indexOf(stockRoot)
  if (at < 0 || image.indexOf(stockRoot, at + 1) >= 0)
    throw new Error('this iPXE does not hold its trusted root once: another build?')
  fingerprint.copy(image, at)
  return image
}
