import { randomBytes } from 'node:crypto'
import { EmfPxeError } from '../errors/error.ts'
import { playedPrefix } from '../proxydhcp/played-node.ts'
import { escapeText } from '../ui/text.ts'

/**
 * A MAC address that no machine has. A new one for each question: a server that remembers nodes (we do:
 * one that asks again soon is given another form of offer) must not take it for a node that came back.
 */
export function probeMac(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))
  return [playedPrefix, ...tail].join(':')
}

/** A MAC address as people write it, as `52:54:00:12:34:56`. @throws EmfPxeError USAGE */
export function toMac(typed: string): string {
  const digits = typed.replaceAll(/[:.-]/g, '').toLowerCase()
  if (/^[0-9a-f]{12}$/.test(digits)) return digits.replaceAll(/(..)(?=.)/g, '$1:')
  throw new EmfPxeError('USAGE', {
    message: `“${escapeText(typed)}” is no MAC address.`,
    hint: 'emf-pxe probe --mac 52:54:00:12:34:56',
  })
}

/** A UUID, lower case. @throws EmfPxeError USAGE */
export function toUuid(typed: string): string {
  const uuid = typed.toLowerCase()
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) return uuid
  throw new EmfPxeError('USAGE', {
    message: `“${escapeText(typed)}” is no UUID.`,
    hint: 'emf-pxe probe --uuid 11112222-3333-4444-5555-666677778888',
  })
}
