import type { Answer } from '../../probe/discover.ts'
import { DhcpOption } from '../../wire/dhcp/constants.ts'
import type { HeardOnNic } from '../facts.ts'

/** The offer of our own service, when it made one. */
export function ourAnswer({ answers, ourAddress }: HeardOnNic): Answer | undefined {
  return answers.find(({ offer }) => offer.server === ourAddress)
}

/**
 * A second server of the site, of which nodes may take either: it names the same file, of the same
 * size, in the same form as ours. Only emf-pxe tells the size (option 13) in a ProxyDHCP offer.
 */
export function isTwin(answer: Answer, ours: Answer | undefined): boolean {
  if (ours === undefined || !namesSameFile(answer, ours)) return false
  return sizeOf(ours) !== undefined && sizeOf(answer) === sizeOf(ours)
}

/** A second server that has another build of the file than we have. */
export function isUnlikeTwin(answer: Answer, ours: Answer | undefined): boolean {
  if (ours === undefined || !namesSameFile(answer, ours) || sizeOf(answer) === undefined) return false
  return sizeOf(answer) !== sizeOf(ours)
}

function namesSameFile({ offer }: Answer, { offer: ours }: Answer): boolean {
  return offer.kind === 'proxyPxe' && offer.kind === ours.kind && offer.bootFile === ours.bootFile
}

/** Option 13 as sent. */
function sizeOf({ offer }: Answer): string | undefined {
  return offer.packet.options.get(DhcpOption.bootFileSize)?.toString()
}
