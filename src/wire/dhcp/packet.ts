/**
 * A DHCPv4 message (RFC 2131 §2), decoded.
 *
 * ```
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------+---------------+---------------+---------------+
 * |     op (1)    |   htype (1)   |   hlen (1)    |   hops (1)    |
 * +---------------+---------------+---------------+---------------+
 * |                            xid (4)                            |
 * +-------------------------------+-------------------------------+
 * |           secs (2)            |           flags (2)           |
 * +-------------------------------+-------------------------------+
 * |       ciaddr (4)  yiaddr (4)  siaddr (4)  giaddr (4)          |
 * +---------------------------------------------------------------+
 * |       chaddr (16)  sname (64)  file (128)                     |
 * +---------------------------------------------------------------+
 * |       magic cookie 63 82 53 63 (4), options (variable)        |
 * +---------------------------------------------------------------+
 * ```
 *
 * Addresses are dotted quads. `sname` and `file` are the text up to the first NUL,
 * empty when the field was overloaded with options (RFC 2132 §9.3).
 */
export interface DhcpPacket {
  readonly op: 1 | 2
  readonly htype: number
  /** Bytes of `chaddr` that count, 0..16. */
  readonly hlen: number
  readonly hops: number
  readonly xid: number
  readonly secs: number
  readonly flags: number
  readonly ciaddr: string
  readonly yiaddr: string
  readonly siaddr: string
  readonly giaddr: string
  /** Always 16 bytes, zero padded. */
  readonly chaddr: Uint8Array
  readonly sname: string
  readonly file: string
  readonly options: DhcpOptions
}

/**
 * Options by number, in the order first seen. Instances of one number are already
 * concatenated (RFC 3396), overloaded `file` and `sname` already read (option 52).
 * Unknown numbers are kept, so that decode and encode make a round trip.
 */
export type DhcpOptions = ReadonlyMap<number, Uint8Array>
