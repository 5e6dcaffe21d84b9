import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildEfiImage } from '../../../../src/demo/efi-image.ts'
import { configured, currentFile, type Fault, nothing, paste, stored } from '../fault-making.ts'
import { bootFile } from '../fault-site.ts'

/** What is wrong with the boot file. */
export const bootFileFaults: readonly Fault[] = [
  {
    name: 'a boot file that is gone',
    check: 'boot-file-present',
    evidence: /gone|previous|damaged|no boot file/,
    remedy: /emf-pxe fetch/,
    make: async (site) => {
      rmSync(join(site.stateDirectory, 'artifact'), { recursive: true })
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a corrupted boot file',
    check: 'boot-file-present',
    evidence: /damaged|SHA-256 is not/,
    remedy: /emf-pxe fetch/,
    make: async (site) => {
      appendFileSync(await currentFile(site), 'x')
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a boot file without a signature',
    check: 'boot-file-signature',
    evidence: /no Authenticode signature/,
    remedy: /emf-pxe fetch/,
    make: stored(({ orchestrator }) =>
      buildEfiImage({ sizeBytes: 90_000, script: '#!ipxe\n', trusted: [orchestrator.endpoint.der] }),
    ),
    repair: (site) => site.paste('emf-pxe fetch'),
  },
  {
    name: 'a boot file of another orchestrator',
    check: 'boot-file-script',
    evidence: /other\.example/,
    make: stored(({ db, orchestrator }) =>
      bootFile(db, orchestrator.endpoint, { host: 'tinkerbell-haproxy.other.example' }),
    ),
    repair: (site) => site.paste('emf-pxe fetch'),
  },
  {
    name: 'a certificate that was renewed',
    check: 'boot-file-trust',
    evidence: /trusts|embedded|certificate/,
    remedy: /emf-pxe fetch/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate()
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a newer boot file at the orchestrator',
    check: 'boot-file-current',
    outcome: 'warning',
    evidence: /the orchestrator has another one/,
    remedy: /emf-pxe fetch/,
    make: async ({ orchestrator, db }) => {
      orchestrator.setFile('signed_ipxe.efi', bootFile(db, orchestrator.endpoint, { seed: 7 }))
      return nothing
    },
    repair: paste,
  },
  {
    name: 'a local boot file for another processor',
    check: 'local-boot-files',
    evidence: /arm64: .* is for/,
    make: configured((config) => ({ ...config, bootFiles: { arm64: '/boot/ipxe.efi' } })),
  },
]
