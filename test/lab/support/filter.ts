import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Site } from './site.ts'

/** Option 43 as our direct form has it: sub-option 6 (discovery control) = 8, end. */
const directFormOption = '2b04060108ff'
const udpHeaderBytes = 8

/**
 * Makes the site's switch drop every offer in the direct form, so that a node sees what firmware
 * sees that discards such offers (edk2 before April 2017): nothing. The option may lie anywhere, so
 * there is one rule for each place.
 */
export function dropDirectOffers(site: Site): void {
  const offsets = Array.from({ length: 240 }, (_, index) => 240 + index)
  const rules = offsets.map((offset) => {
    const place = `@th,${(udpHeaderBytes + offset) * 8},${directFormOption.length * 4}`
    return `udp sport 67 ${place} 0x${directFormOption} counter drop`
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
