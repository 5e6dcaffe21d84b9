import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

export const nodeErrors = entries({
  NODE_BOOT_FAILED: {
    title: 'A simulated node could not boot',
    exitCode: exitCodes.unhealthy,
    hint: 'emf-pxe probe',
  },
})
