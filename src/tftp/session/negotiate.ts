import { blockBytesLimit, defaultBlockBytes } from '../../wire/tftp/constants.ts'
import { readOptionNumber } from '../../wire/tftp/options.ts'
import type { TftpOptions } from '../../wire/tftp/packet.ts'

export interface NegotiationLimits {
  /** Largest block that crosses the path unfragmented: MTU less 32 bytes. */
  readonly maxBlockBytes: number
  /** Largest window, in blocks. */
  readonly maxWindow: number
}

/** What both sides hold to after the request (RFC 2347). */
export interface Negotiated {
  readonly blockBytes: number
  /** Blocks in flight; 1 is the lock step of RFC 1350. */
  readonly windowSize: number
  /** Number of the block after 65535: 0, or 1 for clients that ask so. */
  readonly wrapsTo: 0 | 1
  /** The client's own resend interval (RFC 2349), when it named one. */
  readonly timeoutMs: number | undefined
  /** `tsize` was asked for: the request may be no more than a size probe. */
  readonly sizeAsked: boolean
  /** The OACK's options, in the order asked; empty: answer with DATA 1 instead. */
  readonly answer: TftpOptions
}

/** No window puts more than this on the wire in one go, or a slow node's buffer pays for it. */
const mostBytesInFlight = 128 * 1024

/** One option: the value to answer, or undefined to leave it out of the OACK and unused. */
type Rule = (asked: number, limits: NegotiationLimits, sizeBytes: number) => number | undefined

const rules: Readonly<Record<string, Rule>> = {
  // RFC 2348: the answer may be smaller than what was asked, never larger.
  blksize: (asked, limits) =>
    asked < blockBytesLimit.least
      ? undefined
      : Math.min(asked, Math.max(blockBytesLimit.least, limits.maxBlockBytes), blockBytesLimit.most),
  // RFC 2349: a read request says 0; some say more, and the size is what they want to know. curl takes
  // the answer 0 for an error, so an empty file is not announced.
  tsize: (_asked, _limits, sizeBytes) => (sizeBytes > 0 ? sizeBytes : undefined),
  // RFC 2349: seconds, accepted as they are or not at all.
  timeout: (asked) => (asked >= 1 && asked <= 255 ? asked : undefined),
  // RFC 7440: 1..65535; smaller answers are allowed.
  windowsize: (asked, limits) =>
    asked < 1 || asked > 65_535 ? undefined : Math.min(asked, Math.max(1, limits.maxWindow)),
  // Not in an RFC: tftp-hpa, U-Boot and the npm client name the number that follows 65535.
  rollover: (asked) => (asked === 0 || asked === 1 ? asked : undefined),
}

/** Decides each option that was asked for. Unknown and malformed ones are left out (RFC 2347). */
export function negotiate(options: TftpOptions, sizeBytes: number, limits: NegotiationLimits): Negotiated {
  const agreed = new Map<string, number>()
  for (const [name, text] of options) {
    const asked = readOptionNumber(text)
    const value = asked === undefined ? undefined : ruleFor(name)?.(asked, limits, sizeBytes)
    if (value !== undefined) agreed.set(name, value)
  }
  const blockBytes = agreed.get('blksize') ?? defaultBlockBytes
  const windowSize = Math.min(agreed.get('windowsize') ?? 1, Math.ceil(mostBytesInFlight / blockBytes))
  if (agreed.has('windowsize')) agreed.set('windowsize', windowSize)
  const timeoutSeconds = agreed.get('timeout')
  return {
    blockBytes,
    windowSize,
    wrapsTo: agreed.get('rollover') === 1 ? 1 : 0,
    timeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    sizeAsked: options.has('tsize'),
    answer: new Map([...agreed].map(([name, value]) => [name, String(value)])),
  }
}

/** Own properties only: a client may well ask for an option called `constructor`. */
function ruleFor(name: string): Rule | undefined {
  return Object.hasOwn(rules, name) ? rules[name] : undefined
}
