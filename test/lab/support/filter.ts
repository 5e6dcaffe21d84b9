import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from './site.ts'

/** Option 43 as our direct form has it: sub-option 6 (discovery control) = 8, end. */
const directFormOption = '2b04060108ff'
/** Where the packet names its boot file, and where options begin (RFC 2131 §2). */
const fileOffset = 108
const optionsOffset = 240

/**
 * Makes the site's switch drop every offer of `fileName` in the direct form, so that a node sees what
 * firmware makes of such offers that discards them (edk2 before April 2017): nothing. The option may lie
 * anywhere, so there is one rule for each place. Offers of a script to iPXE pass.
 */
export function dropDirectOffers(site: Site, fileName: string): void {
  const names = payload(fileOffset, Buffer.from(fileName).toString('hex'))
  const rules = Array.from({ length: 240 }, (_, index) => {
    const option = payload(optionsOffset + index, directFormOption)
    return `udp sport 67 ${names} ${option} drop`
  })
  const file = join(site.directory, 'drop-direct-offers.nft')
  writeFileSync(
    file,
    `table bridge lab {
  chain forward {
    type filter hook forward priority 0; policy accept;
    ${rules.join('\n    ')}
  }
}
`,
  )
  site.lan.exec(site.lan.switchNamespace, ['nft', '--file', file])
}

/** An nft expression: these bytes at this place of a UDP payload. */
function payload(offset: number, hex: string): string {
  const udpHeaderBytes = 8
  return `@th,${(udpHeaderBytes + offset) * 8},${hex.length * 4} 0x${hex}`
}
