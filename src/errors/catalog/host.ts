import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

export const hostErrors = entries({
  PORT_IN_USE: {
    title: 'Another program holds a port that is needed',
    exitCode: exitCodes.host,
    hint: 'Stop that program, or move it to another interface, then start again.',
  },
  PORT_NOT_PERMITTED: {
    title: 'This user may not open a port below 1024',
    exitCode: exitCodes.host,
    hint: 'Run as root, or give the program the right once: sudo emf-pxe grant-ports',
  },
  INTERFACE_MISSING: {
    title: 'A configured network interface does not exist',
    exitCode: exitCodes.host,
    hint: 'ip -brief address',
  },
})
