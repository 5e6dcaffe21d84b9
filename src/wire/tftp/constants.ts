/** Operation codes, RFC 1350 §5 and RFC 2347. */
export const opcode = { read: 1, write: 2, data: 3, ack: 4, error: 5, optionAck: 6 } as const

/** Error codes, RFC 1350 appendix and RFC 2347 (8). */
export const errorCode = {
  notDefined: 0,
  fileNotFound: 1,
  accessViolation: 2,
  diskFull: 3,
  illegalOperation: 4,
  unknownTransferId: 5,
  fileExists: 6,
  noSuchUser: 7,
  optionNegotiation: 8,
} as const

/** Opcode and block number, in front of the bytes of a DATA datagram. */
export const dataHeaderBytes = 4

/** RFC 1350 §2: the block size of a transfer that negotiated none. */
export const defaultBlockBytes = 512

/** RFC 2348: what a block size may be. 65464 + 4 + UDP and IP headers fill one IPv4 datagram. */
export const blockBytesLimit = { least: 8, most: 65_464 } as const

/** RFC 2347: "The maximum size of a request packet is 512 octets". It also bounds the number of options. */
export const requestBytesLimit = 512
