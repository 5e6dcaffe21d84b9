import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

/** Talking to a service that runs, from another shell. */
export const serviceErrors = entries({
  SERVICE_NOT_RUNNING: {
    title: 'No emf-pxe is running here',
    exitCode: exitCodes.unhealthy,
    hint: 'systemctl start emf-pxe, or in another shell: emf-pxe serve. A service with a --state-dir of its own is found with the same --state-dir.',
  },
  CONTROL_DENIED: {
    title: 'This user may not talk to the running service',
    exitCode: exitCodes.host,
    hint: 'Run the command again with sudo.',
  },
})
