import type { TargetEntry } from './target.ts'

/** Every decoder that reads bytes from strangers, and the server that is made of them. */
export const targets: readonly TargetEntry[] = [
  { name: 'dhcp', covers: ['src/wire/'], load: () => import('./targets/dhcp.ts') },
  {
    name: 'proxydhcp',
    covers: ['src/wire/dhcp/', 'src/proxydhcp/', 'src/engine/'],
    load: () => import('./targets/proxydhcp.ts'),
  },
  { name: 'tftp', covers: ['src/wire/', 'src/tftp/'], load: () => import('./targets/tftp.ts') },
  {
    name: 'tftp-session',
    covers: ['src/tftp/session/'],
    load: () => import('./targets/tftp-session.ts'),
  },
  {
    name: 'engine',
    covers: ['src/wire/', 'src/proxydhcp/', 'src/tftp/', 'src/engine/', 'src/events/', 'src/observe/'],
    load: () => import('./targets/engine.ts'),
  },
  { name: 'boot-file', covers: ['src/artifact/'], load: () => import('./targets/boot-file.ts') },
  {
    name: 'signature',
    covers: ['der', 'sign', 'chain', 'certificate'].map((name) => `src/artifact/inspect/${name}`),
    load: () => import('./targets/signature.ts'),
  },
  {
    name: 'orchestrator',
    covers: ['src/orchestrator/', 'src/artifact/inspect/ipxe/script'],
    load: () => import('./targets/orchestrator.ts'),
  },
  {
    name: 'http',
    covers: [
      'src/observe/http/',
      'src/observe/control/',
      'src/observe/dashboard/',
      'src/observe/metrics/',
      'src/engine/http-boot.ts',
    ],
    load: () => import('./targets/http.ts'),
  },
  { name: 'probe', covers: ['src/node/', 'src/probe/'], load: () => import('./targets/probe.ts') },
  {
    name: 'lived-in',
    covers: ['src/wire/', 'src/proxydhcp/', 'src/tftp/', 'src/engine/', 'src/events/', 'src/observe/'],
    load: () => import('./targets/lived-in.ts'),
  },
]
