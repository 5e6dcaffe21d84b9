import { join } from 'node:path'
import { ArtifactStore } from '../artifact/store/store.ts'
import { loadConfig, type Override } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { Engine, type EngineSettings } from '../engine/engine.ts'
import { type ExitCode, exitCodes } from '../errors/exit-codes.ts'
import { EventBus } from '../events/bus.ts'
import type { EventSink, Happening } from '../events/event.ts'
import { BootStories } from '../events/stories.ts'
import { systemClock } from '../net/clock.ts'
import { KernelNetwork } from '../net/kernel.ts'
import { artifactUrl, bootSources } from './boot-sources.ts'
import { openHistory } from './keep-history.ts'
import { neighbour } from './neighbour.ts'
import { watchNics } from './nics.ts'
import { onSignals } from './signals.ts'

export interface ServeOptions {
  readonly configFile: string
  readonly overrides: readonly Override[]
  readonly stateDirectory: string
  readonly version: string
  /** Makes the log; it is given the stories that its lines may draw on. */
  readonly log: (stories: BootStories) => EventSink
  readonly warn: (message: string) => void
}

/** Longest that a drain waits for running transfers: firmware's patience (edk2: 6 × 4 s). */
const drainMs = 30_000

/**
 * The service in the foreground: engine, history, log and signals. Resolves when it was told to stop
 * and has; rejects with a catalogued error when it cannot start.
 */
export async function serve(options: ServeOptions): Promise<ExitCode> {
  const store = new ArtifactStore(options.stateDirectory)
  const first = await loadConfig(options.configFile, options.overrides)
  const stories = new BootStories()
  const bus = new EventBus((error) => options.warn(String(error)))
  const publish = (happening: Happening) => bus.publish({ atMs: Date.now(), ...happening })
  bus.subscribe((event) => void stories.apply(event))
  const closeHistory = openHistory(
    join(options.stateDirectory, 'history.db'),
    first.config.history,
    stories,
    bus,
    options.warn,
  )
  bus.subscribe(options.log(stories))

  const network = new KernelNetwork()
  for (const limit of network.limits) options.warn(limit)
  const engine = new Engine(await settingsOf(first.config, store), {
    network,
    clock: systemClock,
    publish: bus.publish,
    neighbour,
    watchNics,
  })
  const stopped = Promise.withResolvers<void>()
  const reload = async () => {
    try {
      const { config } = await loadConfig(options.configFile, options.overrides)
      await engine.reload(await settingsOf(config, store))
      publish({ type: 'service.reloaded' })
    } catch (error) {
      publish({
        type: 'service.reload-failed',
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }
  const forget = onSignals({
    drain: () => {
      publish({ type: 'service.draining', transfers: engine.runningTransfers })
      systemClock.schedule(drainMs, stopped.resolve)
      engine.drain().then(stopped.resolve, stopped.resolve)
    },
    force: stopped.resolve,
    reload: () => void reload(),
  })
  try {
    await engine.start()
    publish({ type: 'service.started', version: options.version, interfaces: namesOf(first.config) })
    await stopped.promise
    return exitCodes.ok
  } finally {
    forget()
    await engine.stop()
    publish({ type: 'service.stopped' })
    closeHistory()
  }
}

async function settingsOf(config: Config, store: ArtifactStore): Promise<EngineSettings> {
  return { config, sources: bootSources(config, store), artifactUrl: await artifactUrl(config, store) }
}

function namesOf(config: Config): string[] {
  return config.interfaces.map(({ name }) => name)
}
