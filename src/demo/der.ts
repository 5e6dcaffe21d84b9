import * as asn1 from 'asn1js'

/** Short names for the ASN.1 types that a signature is made of. */
export type Der = asn1.BaseBlock

export const sequence = (...value: Der[]): Der => new asn1.Sequence({ value })
export const set = (...value: Der[]): Der => new asn1.Set({ value })
export const oid = (value: string): Der => new asn1.ObjectIdentifier({ value })
export const integer = (value: number): Der => new asn1.Integer({ value })
export const octets = (bytes: Uint8Array): Der => new asn1.OctetString({ valueHex: Uint8Array.from(bytes) })
export const nothing = (): Der => new asn1.Null()
export const noBits = (): Der => new asn1.BitString({ valueHex: new Uint8Array(0) })

/** `[tag]` around other elements. */
export const tagged = (tag: number, ...value: Der[]): Der =>
  new asn1.Constructed({ idBlock: { tagClass: 3, tagNumber: tag }, value })

/** `[tag]` in place of an element's own tag, around bytes. */
export const taggedBytes = (tag: number, bytes: Uint8Array): Der =>
  new asn1.Primitive({ idBlock: { tagClass: 3, tagNumber: tag }, valueHex: Uint8Array.from(bytes) })

/** An element that is encoded already. */
export const encoded = (bytes: Uint8Array): Der =>
  asn1.fromBER(Uint8Array.from(bytes), { parseEmbedded: false }).result

export const encode = (element: Der): Buffer => Buffer.from(element.toBER())
