import { string } from '@oclif/core/flags'

/** Flags of the commands that put serial numbers to nodes. */
export const serialsFlags = {
  serials: string({
    description: 'CSV file that pairs MAC address or UUID with serial number.',
    helpValue: 'FILE',
  }),
}
