import { EmfPxeError } from '../errors/error.ts'
import { findPortHolders } from '../host/port-holders.ts'

/**
 * Who keeps the client port from us is nearly always this machine's own DHCP client, which must not be
 * stopped for good: the remedy gives it its port back.
 */
export function explainClientPort(error: unknown, port: number): unknown {
  if (!(error instanceof EmfPxeError) || error.code !== 'PORT_IN_USE') return error
  const holder = findPortHolders('udp', port).find((one) => one.process !== undefined)?.process
  const unit = holder?.unit
  const hint =
    unit !== undefined
      ? `systemctl stop ${unit}; emf-pxe probe; systemctl start ${unit}`
      : holder !== undefined
        ? `Stop ${holder.name} for a moment (kill ${holder.pid}), or ask from another machine of this LAN.`
        : error.hint
  return new EmfPxeError('PORT_IN_USE', { message: error.message, hint, cause: error })
}
