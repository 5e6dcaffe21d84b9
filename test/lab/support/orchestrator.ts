import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lan } from '../../support/namespaces.ts'
import {
  type Certificate,
  endpointCertificate,
  privateAuthority,
  rootDomainCertificate,
} from './certificates.ts'
import { microOs } from './micro-os.ts'
import { Program } from './program.ts'

/** Names are relative, so that the same script works over http and https. */
const bootScript = `#!ipxe
echo emf-pxe-lab: boot.ipxe runs
kernel vmlinuz-x86_64 initrd=initramfs-x86_64 console=ttyS0 quiet panic=1
initrd initramfs-x86_64
boot
`

export const fqdn = 'edge.lab.test'
export const provisioningHost = `tinkerbell-nginx.${fqdn}`

/**
 * An orchestrator's provisioning endpoint: nginx with the `/tink-stack` files over TLS on 443, and
 * over plain http on 80 for an iPXE without TLS.
 */
export class Orchestrator {
  /** Signs the root domain's certificate: the site's private authority. */
  readonly authority: Certificate
  readonly scriptUrl = `http://${provisioningHost}/tink-stack/boot.ipxe`
  readonly httpsScriptUrl = `https://${provisioningHost}/tink-stack/boot.ipxe`
  readonly #directory: string
  #certificate: Certificate
  #nginx: Program | undefined

  private constructor(directory: string) {
    this.#directory = directory
    this.authority = privateAuthority(directory)
    this.#certificate = endpointCertificate(directory, [provisioningHost, fqdn])
  }

  /** The provisioning endpoint's certificate of the day. */
  get certificate(): Certificate {
    return this.#certificate
  }

  static async start(lan: Lan, namespace: string, directory: string): Promise<Orchestrator> {
    mkdirSync(directory, { recursive: true })
    const orchestrator = new Orchestrator(directory)
    orchestrator.#publishFiles()
    const configuration = join(directory, 'nginx.conf')
    const root = rootDomainCertificate(directory, [fqdn], orchestrator.authority)
    writeFileSync(configuration, nginxConfiguration(directory, orchestrator.certificate, root))
    const nginx = new Program(lan.spawn(namespace, ['nginx', '-c', configuration, '-e', 'stderr']), 'nginx')
    await nginx.output.waitFor(/start worker process \d+/, 10_000)
    orchestrator.#nginx = nginx
    return orchestrator
  }

  /** Gives the endpoint a new certificate; the boot file still trusts the old one until it is built anew. */
  async rotateCertificate(): Promise<Certificate> {
    this.#certificate = endpointCertificate(this.#directory, [provisioningHost, fqdn])
    this.#publishCertificate()
    this.#nginx?.signal('SIGHUP')
    await this.#nginx?.output.waitFor(/worker process \d+ exited with code 0/, 20_000)
    return this.#certificate
  }

  /** Publishes one more file below `/tink-stack/`. */
  publish(name: string, content: Uint8Array | string): void {
    const path = join(this.#directory, 'www/tink-stack', name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, content)
  }

  /** One line a request: `SCHEME ADDRESS STATUS BYTES METHOD PATH "USER AGENT"`. */
  requests(): string {
    return readFileSync(join(this.#directory, 'access.log'), 'utf8')
  }

  #publishFiles(): void {
    const { kernel, initramfs } = microOs()
    this.publish('boot.ipxe', bootScript)
    copyFileSync(kernel, join(this.#directory, 'www/tink-stack/vmlinuz-x86_64'))
    copyFileSync(initramfs, join(this.#directory, 'www/tink-stack/initramfs-x86_64'))
    mkdirSync(join(this.#directory, 'www/boots'))
    this.#publishCertificate()
  }

  #publishCertificate(): void {
    const { certificatePath } = this.#certificate
    this.publish('keys/Full_server.crt', readFileSync(certificatePath))
    copyFileSync(certificatePath, join(this.#directory, 'www/boots/ca.crt'))
  }
}

function nginxConfiguration(directory: string, certificate: Certificate, root: Certificate): string {
  return `user root;
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log stderr notice;
events {}
http {
  log_format lab '$scheme $remote_addr $status $body_bytes_sent $request_method $uri "$http_user_agent"';
  access_log ${directory}/access.log lab;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  scgi_temp_path ${directory}/scgi;
  uwsgi_temp_path ${directory}/uwsgi;
  ssl_certificate ${certificate.certificatePath};
  ssl_certificate_key ${certificate.keyPath};
  server {
    listen 80;
    listen 443 ssl;
    root ${directory}/www;
  }
  server {
    listen 443 ssl;
    server_name ${fqdn};
    ssl_certificate ${root.certificatePath};
    ssl_certificate_key ${root.keyPath};
    root ${directory}/www;
  }
}
`
}
