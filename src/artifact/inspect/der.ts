import { type BaseBlock, fromBER, ObjectIdentifier } from 'asn1js'
import { errorMessage } from '../../errors/error-message.ts'
import { type Decoded, decoded, malformed } from '../../wire/decoded.ts'

/** One ASN.1 element, with the exact bytes it was read from: digests and signatures are taken over those. */
export interface DerElement {
  readonly tagClass: 'universal' | 'application' | 'context' | 'private'
  readonly tag: number
  /** Header and content. */
  readonly bytes: Uint8Array
  readonly content: Uint8Array
  readonly children: readonly DerElement[]
  /** Dotted form, of an OBJECT IDENTIFIER. */
  readonly oid: string | undefined
}

export const universalTag = { octetString: 4, oid: 6, sequence: 16, set: 17 } as const

// Real signatures with timestamps take about 500 elements and 15 levels.
const limits = { maxDepth: 48, maxNodes: 20_000, parseEmbedded: false } as const

/** Reads the first element of `bytes`; what follows it is ignored. Problem: `bad-der`. */
export function readDer(bytes: Uint8Array): Decoded<DerElement> {
  try {
    const { offset, result } = fromBER(Uint8Array.from(bytes), limits)
    if (offset === -1) return malformed('bad-der', result.error)
    return decoded(element(result))
  } catch (error) {
    return malformed('bad-der', errorMessage(error))
  }
}

function element(block: BaseBlock): DerElement {
  const bytes = block.valueBeforeDecodeView
  const nested: unknown = 'value' in block.valueBlock ? block.valueBlock.value : undefined
  return {
    tagClass:
      (['universal', 'application', 'context', 'private'] as const)[block.idBlock.tagClass - 1] ?? 'private',
    tag: block.idBlock.tagNumber,
    bytes,
    content: bytes.subarray(block.idBlock.blockLength + block.lenBlock.blockLength),
    children: block.idBlock.isConstructed && Array.isArray(nested) ? nested.map(element) : [],
    oid: block instanceof ObjectIdentifier ? block.getValue() : undefined,
  }
}

/** The child with a context tag, such as `[0]`. */
export function contextChild(parent: DerElement, tag: number): DerElement | undefined {
  return parent.children.find((child) => child.tagClass === 'context' && child.tag === tag)
}
