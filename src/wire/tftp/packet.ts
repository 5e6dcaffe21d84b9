/**
 * TFTP datagrams (RFC 1350 §5, RFC 2347).
 *
 * ```
 * RRQ/WRQ  | 01/02 | filename | 0 | mode | 0 | option | 0 | value | 0 | ...
 * DATA     | 03 | block (2) | 0..blksize bytes |
 * ACK      | 04 | block (2) |
 * ERROR    | 05 | code (2) | message | 0 |
 * OACK     | 06 | option | 0 | value | 0 | ...
 * ```
 */
export type TftpPacket = TftpRequest | TftpData | TftpAck | TftpError | TftpOptionAck

export interface TftpRequest {
  readonly type: 'read' | 'write'
  readonly filename: string
  /** Lower-cased: `octet`, `netascii`, `mail` or whatever was sent. */
  readonly mode: string
  readonly options: TftpOptions
}

export interface TftpData {
  readonly type: 'data'
  readonly block: number
  readonly data: Uint8Array
}

export interface TftpAck {
  readonly type: 'ack'
  readonly block: number
}

export interface TftpError {
  readonly type: 'error'
  readonly code: number
  readonly message: string
}

export interface TftpOptionAck {
  readonly type: 'oack'
  readonly options: TftpOptions
}

/** Names lower-cased (RFC 2347: case-insensitive), in the order sent; values as sent. */
export type TftpOptions = ReadonlyMap<string, string>
