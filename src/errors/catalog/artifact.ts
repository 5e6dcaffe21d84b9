import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

/** What can be wrong with the boot file, in the order in which `emf-pxe inspect` looks, then with its store. */
export const artifactErrors = entries({
  ARTIFACT_NOT_EFI: {
    title: 'The file is not an EFI application',
    exitCode: exitCodes.artifact,
    hint: 'Check the URL or path: firmware can only start an EFI application such as signed_ipxe.efi.',
  },
  ARTIFACT_INCOMPLETE: {
    title: 'The boot file was cut short',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch; the orchestrator may still have been writing the file.',
  },
  ARTIFACT_WRONG_ARCHITECTURE: {
    title: 'The boot file is for another kind of processor',
    exitCode: exitCodes.artifact,
    hint: 'Give the file for this architecture, or set it under the matching name in bootFiles (docs/config.md).',
  },
  ARTIFACT_UNSIGNED: {
    title: 'The boot file is not signed',
    exitCode: exitCodes.artifact,
    hint: 'Fetch signed_ipxe.efi, not ipxe.efi; nodes with Secure Boot refuse an unsigned file.',
  },
  ARTIFACT_ALTERED: {
    title: 'The boot file is not the one that was signed',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch; when it happens again, something between here and the orchestrator changes the file.',
  },
  ARTIFACT_SIGNATURE_INVALID: {
    title: 'The boot file’s signature does not hold',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch; when it happens again, ask the orchestrator’s administrator to build the file anew.',
  },
  ARTIFACT_SIGNER_UNKNOWN: {
    title: 'The Secure Boot certificate does not vouch for the boot file',
    exitCode: exitCodes.artifact,
    hint: 'Enrol the orchestrator’s present keys/db.der on nodes with Secure Boot; its key changes when the orchestrator rebuilds the file.',
  },
  ARTIFACT_WRONG_ORCHESTRATOR: {
    title: 'The boot file belongs to another orchestrator',
    exitCode: exitCodes.artifact,
    hint: 'Check orchestrator.fqdn in the configuration, and the URL that the file came from.',
  },
  ARTIFACT_NO_SCRIPT: {
    title: 'The boot file has no script of its own',
    exitCode: exitCodes.artifact,
    hint: 'Set scriptUrl in the configuration, so that iPXE is told where to go.',
  },
  ARTIFACT_NO_HTTPS: {
    title: 'The boot file cannot speak HTTPS',
    exitCode: exitCodes.artifact,
    hint: 'Use the orchestrator’s signed_ipxe.efi, or an iPXE built with DOWNLOAD_PROTO_HTTPS.',
  },
  ARTIFACT_TRUST_MISMATCH: {
    title: 'The boot file does not trust the certificate that the endpoint serves',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch; after a certificate rotation the orchestrator takes up to 15 minutes to build the new file.',
  },
  ARTIFACT_CERTIFICATE_EXPIRED: {
    title: 'The endpoint’s certificate has expired',
    exitCode: exitCodes.artifact,
    hint: 'The orchestrator’s administrator must renew it; until then iPXE refuses the connection.',
  },
  ARTIFACT_CERTIFICATE_EXPIRING: {
    title: 'The endpoint’s certificate expires soon',
    exitCode: exitCodes.artifact,
    hint: 'Ask the orchestrator’s administrator why it was not renewed; then run: emf-pxe fetch',
  },
  ARTIFACT_HELD_BACK: {
    title: 'The orchestrator’s boot file is the one that was rolled back',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch takes it all the same; emf-pxe serve takes the next one by itself.',
  },
  DOWNLOAD_TOO_SLOW: {
    title: 'The download is too slow to finish',
    exitCode: exitCodes.orchestrator,
    hint: 'Check the line and any proxy on the way, then try again: a download continues where it stopped.',
  },
  ARTIFACT_MISSING: {
    title: 'No boot file is stored',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch',
  },
  ARTIFACT_NO_PREVIOUS: {
    title: 'There is no previous boot file to return to',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch',
  },
  ARTIFACT_STORE_DAMAGED: {
    title: 'The stored boot file was changed on disk',
    exitCode: exitCodes.artifact,
    hint: 'emf-pxe fetch   # when it happens again, check the disk: dmesg | grep -i error',
  },
  ARTIFACT_STORE_BUSY: {
    title: 'Another emf-pxe is writing the boot file',
    exitCode: exitCodes.artifact,
    hint: 'Wait a moment, then run the command again.',
  },
})
