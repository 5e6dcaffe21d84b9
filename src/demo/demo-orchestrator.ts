import { buildEfiImage } from './efi-image.ts'
import { bootScript, embeddedScript, fillerFile } from './micro-os.ts'
import { EmbeddedOrchestrator } from './orchestrator.ts'
import { makeIdentity } from './orchestrator-certificates.ts'
import { signToSize } from './sign-image.ts'

/** Size of the boot file that the orchestrator's release builds have: 2110 blocks of 512 bytes. */
const bootFileBytes = 1_080_320

/** An orchestrator that serves a whole boot: a signed boot file that trusts it, script, kernel, initramfs. */
export async function startDemoOrchestrator(): Promise<EmbeddedOrchestrator> {
  const db = await makeIdentity({ commonName: 'Demo Secure Boot db' })
  const fqdn = 'edge.demo.test'
  return EmbeddedOrchestrator.start({
    fqdn,
    files: {
      'boot.ipxe': Buffer.from(bootScript),
      'vmlinuz-x86_64': fillerFile('vmlinuz', 4_000_000),
      'initramfs-x86_64': fillerFile('initramfs', 8_000_000),
      'keys/db.der': db.der,
      'signed_ipxe.efi': (endpoint) => {
        const script = embeddedScript(`https://${endpoint.commonName}/tink-stack/boot.ipxe`)
        return signToSize(
          (sizeBytes) =>
            buildEfiImage({ ipxeVersion: '1.21.1+', sizeBytes, script, trusted: [endpoint.der] }),
          bootFileBytes,
          db,
        )
      },
    },
  })
}
