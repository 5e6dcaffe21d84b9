import type { IgnoreReason } from './types.ts'

/** How a reason reads to an operator. */
export interface ReasonText {
  /** Completes "ignored: …". */
  readonly sentence: string
  /** What to do when it should have been served; undefined when there is nothing to do. */
  readonly hint: string | undefined
  /** True for what every network is full of: counted, but not worth a line of the log. */
  readonly background: boolean
}

function background(sentence: string): ReasonText {
  return { sentence, hint: undefined, background: true }
}

function visible(sentence: string, hint: string | undefined): ReasonText {
  return { sentence, hint, background: false }
}

/** Every reason `decide` can give, in words. */
export const ignoreReasons: Readonly<Record<IgnoreReason, ReasonText>> = {
  'not-a-request': background('a reply by another server'),
  'not-pxe': background('not a network boot'),
  'address-request': background('the node takes its address from the site’s DHCP server, as it should'),
  'no-hardware-address': visible('a request without a hardware address cannot be answered', undefined),
  'wrong-message-type': visible('not a message that a boot server answers', undefined),
  'no-return-address': visible(
    'the relay or port that an answer would go to cannot be one: forged, or a broken relay',
    'look at the relay agent’s configuration',
  ),
  denied: visible('the node is on the deny list', 'remove it from `deny` in the configuration'),
  'not-allowed': visible(
    'the node is not on the allow list',
    'add its MAC address, OUI or UUID to `allow` in the configuration',
  ),
  'raspberry-pi': visible(
    'the boot ROM of a Raspberry Pi fetches firmware files of its own, which are not served here',
    'boot UEFI firmware on it from an SD card: it is then a node like any other',
  ),
  'architecture-unknown': visible('there is no boot file for this kind of processor', undefined),
  'architecture-not-configured': visible(
    'no boot file is configured for this kind of processor',
    'set `bootFiles` in the configuration, or switch the node from legacy BIOS to UEFI',
  ),
  'artifact-missing': visible(
    'its boot file is not on this server, so nothing is offered; another server may have it',
    'emf-pxe fetch; a file of your own belongs where `bootFiles` in the configuration says',
  ),
  'http-boot-off': visible(
    'the node tries UEFI HTTP boot, which is switched off here',
    'set `httpBoot.mode`, or put PXE before HTTP in the node’s boot order',
  ),
  'http-boot-closed': visible(
    'the port for UEFI HTTP boot could not be opened here',
    'emf-pxe status; then free the port, or set `httpBoot.port` in the configuration',
  ),
  'ipxe-without-script': visible(
    'iPXE from the boot file has no script of its own and none is configured',
    'set `scriptUrl` in the configuration, or serve the orchestrator’s signed_ipxe.efi',
  ),
  'ipxe-loop': visible(
    'iPXE keeps coming back without getting further',
    'read the node’s console: it says why its script or its next file fails',
  ),
  'boot-file-name-too-long': visible(
    'the file name or URL is longer than firmware can read',
    'shorten it to 254 characters',
  ),
}
