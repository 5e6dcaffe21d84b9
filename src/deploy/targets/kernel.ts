import type { DeployHost } from '../host.ts'
import type { DesiredCommand, DesiredFile } from '../plan.ts'
import { sysctlPath } from '../render/systemd.ts'
import type { RenderedFile } from '../values.ts'
import { desired, named } from './tools.ts'

const ceiling = 'net.core.rmem_max'

/** Facts `receive-ceiling` (bytes now) and `receive-ceiling-file` (ours is there). */
export async function observeCeiling(host: DeployHost): Promise<[string, string][]> {
  const result = await host.run(['cat', '/proc/sys/net/core/rmem_max'], { timeoutMs: 5_000 })
  return [
    ['receive-ceiling', result.exitCode === 0 ? result.stdout.trim() : ''],
    ['receive-ceiling-file', (await host.exists(sysctlPath)) ? 'yes' : 'no'],
  ]
}

/**
 * Lets the service ask for a large receive buffer. Left out where the kernel allows as much
 * already: an administrator's own, larger value must not be lowered.
 */
export function receiveCeiling(
  files: readonly RenderedFile[],
  facts: ReadonlyMap<string, string>,
): readonly (DesiredFile | DesiredCommand)[] {
  const file = named(files, '60-emf-pxe.conf')
  const wanted = Number(/= (\d+)/.exec(String(file.content))?.[1])
  const present = facts.get('receive-ceiling') ?? ''
  const ours = facts.get('receive-ceiling-file') === 'yes'
  if (!ours && Number(present) >= wanted) return []
  const before = present === '' || ours ? {} : { undo: ['sysctl', '-q', '-w', `${ceiling}=${present}`] }
  return [
    ...desired(file, 'service', 'larger receive buffers for many nodes at once'),
    {
      kind: 'command',
      id: 'receive-ceiling',
      title: `sysctl ${ceiling}=${wanted}`,
      run: ['sysctl', '-q', '-p', sysctlPath],
      ...before,
      ...(Number(present) === wanted ? {} : { afterChange: true }),
      // A container may not set it; the service then works with the smaller buffer.
      optional: true,
    },
  ]
}
