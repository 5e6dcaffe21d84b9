import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ArtifactStore } from '../../../src/artifact/store/store.ts'
import { fillerFile } from '../../../src/demo/micro-os.ts'
import { exhaustDescriptors, fillDisk, memoryLimit, movableClock, smallDisk } from './storm-pressure.ts'
import type { StormOptions, StormSite } from './storm-site.ts'

/** What a fault needs to be ready: what happens in the middle of the storm, and what the storm knows of it. */
export interface Prepared {
  readonly happens: () => Promise<void> | void
  readonly storm?: Partial<StormOptions>
}

export interface StormFault {
  readonly name: string
  /** Starts the server; undefined when this machine cannot make the fault. */
  readonly prepare: (site: StormSite) => Promise<Prepared | undefined>
}

const memoryBytes = 128 << 20

export const stormFaults: readonly StormFault[] = [
  {
    name: 'nothing happens',
    prepare: served(() => {}),
  },
  {
    name: 'the server is killed and comes back',
    prepare: served(async ({ server }) => {
      await server.kill()
      await server.start()
    }),
  },
  {
    name: 'of two servers one is killed',
    prepare: async (site) => {
      const second = site.addServer('second', '10.82.0.3')
      second.options = { config: { bootFiles: { x64: site.bootFile } } }
      await Promise.all([site.serve(), second.start()])
      return { happens: () => second.kill(), storm: { second: second.address } }
    },
  },
  {
    name: 'the NIC goes down for two seconds',
    prepare: served(async ({ server }) => {
      server.exec(['ip', 'link', 'set', 'e0', 'down'])
      await sleep(2000)
      server.exec(['ip', 'link', 'set', 'e0', 'up'])
    }),
  },
  {
    name: 'the boot file is replaced by another one, and the server told to reload',
    prepare: async (site) => {
      await site.serve()
      const other = join(site.directory, 'other.efi')
      const bytes = fillerFile('another build', 1_200_000)
      writeFileSync(other, bytes)
      const happens = () => {
        writeFileSync(`${site.bootFile}.new`, bytes)
        renameSync(site.bootFile, join(site.directory, 'old.efi'))
        renameSync(`${site.bootFile}.new`, site.bootFile)
        site.server.signal('SIGHUP')
      }
      return { happens, storm: { other } }
    },
  },
  {
    name: 'the server stands still for three seconds',
    prepare: served(async ({ server }) => {
      server.signal('SIGSTOP')
      await sleep(3000)
      server.signal('SIGCONT')
    }),
  },
  {
    name: 'the wall clock jumps six hours ahead, then twelve back',
    prepare: async (site) => {
      const { options, moveHours } = movableClock(site)
      await site.serve(options)
      const happens = async () => {
        moveHours(6)
        await sleep(300)
        moveHours(-6)
      }
      return { happens }
    },
  },
  {
    name: `the server has ${memoryBytes >> 20} MiB of memory and no more`,
    prepare: async (site) => {
      const options = memoryLimit(site, memoryBytes)
      if (options === undefined) return undefined
      await site.serve(options)
      return { happens: () => {} }
    },
  },
  {
    name: 'the disk of state and history is full',
    prepare: async (site) => {
      smallDisk(site, 1 << 20)
      await site.serve()
      return { happens: () => fillDisk(site.server.stateDirectory) }
    },
  },
  {
    name: 'the orchestrator is out of reach, and the refresh fails',
    prepare: async (site) => {
      const origin = { url: 'https://10.82.0.2/tink-stack/signed_ipxe.efi', fetchedAtMs: Date.now() }
      await new ArtifactStore(site.server.stateDirectory).save(site.bytes, origin)
      await site.serve({ config: { bootFiles: {}, orchestrator: { artifactUrl: origin.url } } })
      return { happens: () => site.server.printed('artifact.refresh-failed') }
    },
  },
  {
    name: 'no file descriptor is left, and the server is told to reload',
    prepare: served(({ server }) => {
      exhaustDescriptors(server.pid)
      server.signal('SIGHUP')
    }),
  },
]

function served(happens: (site: StormSite) => Promise<void> | void): StormFault['prepare'] {
  return async (site) => {
    await site.serve()
    return { happens: () => happens(site) }
  }
}
