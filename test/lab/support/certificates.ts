import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './cache.ts'

export interface Certificate {
  /** PEM files. */
  readonly certificatePath: string
  readonly keyPath: string
  readonly der: Buffer
  /** SHA-256 of the DER: what iPXE trusts by. */
  readonly fingerprint: Buffer
}

/**
 * A certificate as the orchestrator makes it for its provisioning endpoint: self-signed, a CA,
 * subject and SAN the endpoint's name. RSA 2048 keeps the lab quick; the real one has 3072 bits or more.
 */
export function endpointCertificate(directory: string, hosts: readonly string[]): Certificate {
  const [commonName = 'endpoint'] = hosts
  return selfSigned(directory, 'endpoint', `/CN=${commonName}`, [
    `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`,
    'basicConstraints=critical,CA:TRUE',
  ])
}

/** A site's private authority: what `--ca-file` names on premises. */
export function privateAuthority(directory: string): Certificate {
  return selfSigned(directory, 'authority', '/CN=emf-pxe lab authority', [
    'basicConstraints=critical,CA:TRUE',
  ])
}

/** The certificate of the orchestrator's root domain, signed by that authority. */
export function rootDomainCertificate(
  directory: string,
  hosts: readonly string[],
  { certificatePath, keyPath }: Certificate,
): Certificate {
  const extensions = [`subjectAltName=${hosts.map((host) => `DNS:${host}`).join(',')}`]
  const signer = ['-CA', certificatePath, '-CAkey', keyPath]
  return selfSigned(directory, 'root-domain', `/CN=${hosts[0]}`, extensions, signer)
}

/** A key like the one the orchestrator signs `signed_ipxe.efi` with, to be enrolled into `db`. */
export function secureBootCertificate(directory: string): Certificate {
  return selfSigned(directory, 'db', '/CN=emf-pxe lab Secure Boot db', ['extendedKeyUsage=codeSigning'])
}

/**
 * The key that Debian's Secure Boot test firmware (`OVMF_VARS_4M.snakeoil.fd`) has enrolled: what it
 * signs, that firmware starts. Its published passphrase is taken off in `directory`.
 */
export function enrolledCertificate(directory: string): Certificate {
  const keyPath = join(directory, 'enrolled.key')
  run('openssl', [
    ...['pkey', '-in', '/usr/share/ovmf/PkKek-1-snakeoil.key', '-passin', 'pass:snakeoil', '-out', keyPath],
  ])
  return read('/usr/share/ovmf/PkKek-1-snakeoil.pem', keyPath)
}

function selfSigned(
  directory: string,
  name: string,
  subject: string,
  extensions: readonly string[],
  signer: readonly string[] = [],
): Certificate {
  const certificatePath = join(directory, `${name}.crt`)
  const keyPath = join(directory, `${name}.key`)
  const extensionArgs = extensions.flatMap((extension) => ['-addext', extension])
  run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-sha256', '-nodes', '-days', '365', ...signer],
    ...['-subj', subject, ...extensionArgs, '-keyout', keyPath, '-out', certificatePath],
  ])
  return read(certificatePath, keyPath)
}

function read(certificatePath: string, keyPath: string): Certificate {
  const der = new X509Certificate(readFileSync(certificatePath)).raw
  return { certificatePath, keyPath, der, fingerprint: createHash('sha256').update(der).digest() }
}
