import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Lan } from '../../support/namespaces.ts'
import { type Certificate, endpointCertificate } from './certificates.ts'
import { microOs } from './micro-os.ts'
import { Transcript } from './transcript.ts'

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
  readonly certificate: Certificate
  readonly scriptUrl = `http://${provisioningHost}/tink-stack/boot.ipxe`
  readonly httpsScriptUrl = `https://${provisioningHost}/tink-stack/boot.ipxe`
  readonly #directory: string

  private constructor(directory: string) {
    this.#directory = directory
    this.certificate = endpointCertificate(directory, [provisioningHost, fqdn])
  }

  static async start(lan: Lan, namespace: string, directory: string): Promise<Orchestrator> {
    mkdirSync(directory, { recursive: true })
    const orchestrator = new Orchestrator(directory)
    orchestrator.#publishFiles()
    const configuration = join(directory, 'nginx.conf')
    writeFileSync(configuration, nginxConfiguration(directory, orchestrator.certificate))
    const nginx = lan.spawn(namespace, ['nginx', '-c', configuration, '-e', 'stderr'])
    await Transcript.of(nginx, 'nginx').waitFor(/start worker process \d+/, 10_000)
    return orchestrator
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
    this.publish('keys/Full_server.crt', readFileSync(this.certificate.certificatePath))
    copyFileSync(kernel, join(this.#directory, 'www/tink-stack/vmlinuz-x86_64'))
    copyFileSync(initramfs, join(this.#directory, 'www/tink-stack/initramfs-x86_64'))
    mkdirSync(join(this.#directory, 'www/boots'))
    copyFileSync(this.certificate.certificatePath, join(this.#directory, 'www/boots/ca.crt'))
  }
}

function nginxConfiguration(directory: string, certificate: Certificate): string {
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
}
`
}
