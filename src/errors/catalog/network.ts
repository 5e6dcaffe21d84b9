import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

/** What sockets run into; raised in `src/net`. */
export const networkErrors = entries({
  INTERFACE_UNUSABLE: {
    title: 'A network interface cannot be used as it is',
    exitCode: exitCodes.host,
    hint: 'ip -brief address',
  },
  DEVICE_BINDING_REFUSED: {
    title: 'This user may not bind a socket to one network interface',
    exitCode: exitCodes.host,
    hint: 'setcap cap_net_bind_service,cap_net_raw=+ep "$(command -v emf-pxe)"',
  },
  DESCRIPTOR_UNFIT: {
    title: 'A socket from the service manager does not fit the configuration',
    exitCode: exitCodes.host,
    hint: 'Correct the .socket unit as docs/errors.md says, then: systemctl daemon-reload',
  },
  SEND_REFUSED: {
    title: 'The firewall of this machine refused an answer',
    exitCode: exitCodes.host,
    hint: 'emf-pxe status',
  },
})
