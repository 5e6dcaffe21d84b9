import { readConfigText } from '../../src/config/load.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { ServeEvent } from '../../src/events/event.ts'
import type { MemoryHost } from '../../src/net/memory-host.ts'
import type { VirtualClock } from '../../src/net/virtual-clock.ts'

export const ourAddress = '10.79.0.2'
export const nic = { name: 'e0', address: ourAddress }
/** Every byte but CR and LF, so that netascii is the same: what is sent can be looked for in it. */
export const file = Buffer.from(
  Array.from({ length: 20_000 }, (_, index) => 32 + (((index * index) >> 3) % 200)),
)
const configOf = (maxTransfers: number) =>
  readConfigText(
    [
      'interfaces: [{name: e0}]',
      'bootFiles: {x64: /boot/ipxe.efi, arm64: /boot/arm64.efi}',
      'scriptUrl: http://boot.example/boot.ipxe',
      'relay: true',
      `tftp: {maxTransfers: ${maxTransfers}}`,
    ].join('\n'),
    'config.yaml',
  ).config
/** An engine on one NIC of `network`, with a boot file for x64 and one for arm64 that is missing. */
export function engineOn(
  network: MemoryHost,
  clock: VirtualClock,
  publish: (event: ServeEvent) => void,
  maxTransfers: number,
): Engine {
  return new Engine(
    {
      config: configOf(maxTransfers),
      sources: [
        { architecture: 'x64', name: 'ipxe.efi', path: '/boot/ipxe.efi', read: async () => file },
        {
          architecture: 'arm64',
          name: 'arm64.efi',
          path: '/boot/arm64.efi',
          read: () => Promise.reject(new Error('ENOENT')),
        },
      ],
      artifactUrl: undefined,
    },
    {
      network,
      clock,
      publish,
      neighbour: () => undefined,
      watchNics: (_names, onChange) => {
        onChange([{ name: 'e0', addresses: [ourAddress], problem: undefined }])
        return () => {}
      },
    },
  )
}
