import { join } from 'node:path'
import type { RefreshSchedule } from '../artifact/refresh-schedule.ts'
import { ArtifactStore } from '../artifact/store/store.ts'
import { loadConfig, type Override } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { Engine, type EngineSettings } from '../engine/engine.ts'
import { errorMessage } from '../errors/error-message.ts'
import type { ExitCode } from '../errors/exit-codes.ts'
import { EventBus } from '../events/bus.ts'
import type { EventSink, Happening } from '../events/event.ts'
import { BootStories } from '../events/stories.ts'
import { releaseStartMemory } from '../host/resident-memory.ts'
import { createNotifier } from '../host/sd-notify.ts'
import { systemClock } from '../net/clock.ts'
import { KernelNetwork } from '../net/kernel.ts'
import { neighbourMac } from '../net/neighbours.ts'
import { watchInterfaces } from '../net/watch.ts'
import type { ActionOutcome } from '../observe/control/server.ts'
import { LiveFeed } from '../observe/live/feed.ts'
import { awaitBootFiles } from './await-boot-files.ts'
import { awaitInterfaces } from './await-interfaces.ts'
import { artifactUrl, bootSources } from './boot-sources.ts'
import { configHere } from './config-here.ts'
import { openControl, refreshNow } from './control.ts'
import { openHistory } from './keep-history.ts'
import { Listeners } from './listeners.ts'
import { keepFresh } from './refreshing.ts'
import { onSignals } from './signals.ts'

export interface ServeOptions {
  readonly configFile: string
  readonly overrides: readonly Override[]
  readonly stateDirectory: string
  readonly version: string
  /** Makes the log; it is given the stories that its lines may draw on. */
  readonly log: (stories: BootStories) => EventSink
  /** Files that travel with the program: the dashboard's page. */
  readonly readAsset: (name: string) => Buffer
  readonly warn: (message: string) => void
}

/** Longest that a drain waits for running transfers: firmware's patience (edk2: 6 × 4 s). */
const drainMs = 30_000

/** The parts of a running service, and the order in which they start and end. */
export class Service {
  readonly #options: ServeOptions
  readonly #store: ArtifactStore
  readonly #bus: EventBus
  readonly #stories = new BootStories()
  readonly #network = new KernelNetwork()
  readonly #notifier = createNotifier(process.env)
  readonly #stopped = Promise.withResolvers<ExitCode>()
  readonly #closers: (() => void | Promise<void>)[] = []
  readonly #feed: LiveFeed
  readonly #listeners: Listeners
  #config: Config
  #engine: Engine | undefined
  #schedule: RefreshSchedule | undefined

  constructor(options: ServeOptions, config: Config) {
    this.#options = options
    this.#config = config
    this.#store = new ArtifactStore(options.stateDirectory)
    this.#bus = new EventBus((error) => options.warn(String(error)))
    const { version, readAsset, warn } = options
    this.#feed = new LiveFeed({ stories: this.#stories, clock: systemClock, version })
    this.#listeners = new Listeners({
      feed: this.#feed,
      stories: this.#stories,
      bus: this.#bus,
      readAsset,
      warn,
    })
  }

  /** Resolves when the service shall end, and with which code. */
  get stopped(): Promise<ExitCode> {
    return this.#stopped.promise
  }

  async start(): Promise<void> {
    this.#observe()
    const engine = await this.#startEngine()
    this.#followSignals(engine)
    await this.#keepFresh(engine)
    const reload = () => this.#reload(engine)
    this.#closers.push(
      awaitInterfaces(
        () => this.#config,
        () => configOf(this.#options),
        reload,
      ),
      awaitBootFiles(
        systemClock,
        () => engine.files.missing,
        () => this.#loadFiles(engine),
      ),
    )
    const interfaces = this.#config.interfaces.map(({ name }) => name)
    this.#publish({ type: 'service.started', version: this.#options.version, interfaces })
    this.#notifier.ready(
      `answering on ${engine.listening.map(({ interface: nic }) => nic).join(', ') || 'no interface yet'}`,
    )
    await this.#openDoors(engine)
    void engine.rehearse().then(releaseStartMemory)
  }

  async close(): Promise<void> {
    this.#notifier.stopping()
    await this.#schedule?.stop()
    await this.#engine?.stop()
    this.#publish({ type: 'service.stopped' })
    for (const close of this.#closers.reverse()) await close()
    this.#notifier.close()
  }

  /** Stories first, so that history and log can draw on them; history before the log, so that what is told is kept. */
  #observe(): void {
    const { stateDirectory, log, warn } = this.#options
    this.#bus.subscribe((event) => void this.#stories.apply(event))
    const file = join(stateDirectory, 'history.db')
    this.#closers.push(openHistory(file, this.#config.history, this.#stories, this.#bus, this.#feed, warn))
    this.#bus.subscribe(this.#feed.record)
    this.#listeners.expect(this.#config.listeners)
    this.#bus.subscribe(log(this.#stories))
    for (const limit of this.#network.limits) warn(limit)
  }

  async #startEngine(): Promise<Engine> {
    const engine = new Engine(await this.#settings(), {
      network: this.#network,
      clock: systemClock,
      publish: this.#bus.publish,
      neighbour: neighbourMac,
      watchNics: (names, onChange) => watchInterfaces(names, systemClock, onChange),
    })
    this.#engine = engine
    await engine.start()
    return engine
  }

  /** For those who look on: opened when nodes are already answered. */
  async #openDoors(engine: Engine): Promise<void> {
    const { stateDirectory, warn } = this.#options
    const actions = {
      refresh: () => refreshNow(this.#schedule, this.#bus),
      load: async () => {
        await this.#loadFiles(engine)
        return { ok: true, message: 'what is stored was loaded' }
      },
      reload: async () =>
        (await this.#reload(engine)) ?? { ok: true, message: 'the configuration was read again' },
    }
    this.#closers.push(() => this.#feed.close())
    this.#closers.push(await openControl(stateDirectory, this.#feed, actions, warn))
    this.#closers.push(() => this.#listeners.close())
    await this.#listeners.follow(this.#config.listeners)
  }

  #followSignals(engine: Engine): void {
    const forget = onSignals({
      drain: (end) => {
        const { resolve, reject } = this.#stopped
        this.#publish({ type: 'service.draining', transfers: engine.runningTransfers })
        this.#closers.push(systemClock.schedule(drainMs, () => resolve(end)))
        engine.drain().then(() => resolve(end), reject)
      },
      force: this.#stopped.resolve,
      reload: () => void this.#reload(engine),
    })
    this.#closers.push(forget)
  }

  /** Resolves with what went wrong, if anything did: the running configuration then stays. */
  async #reload(engine: Engine): Promise<ActionOutcome | undefined> {
    try {
      this.#config = await configOf(this.#options)
      await engine.reload(await this.#settings())
      await this.#schedule?.stop()
      await this.#keepFresh(engine)
      this.#publish({ type: 'service.reloaded' })
      await this.#listeners.follow(this.#config.listeners)
      return undefined
    } catch (error) {
      const message = errorMessage(error)
      this.#publish({ type: 'service.reload-failed', message })
      return { ok: false, message }
    }
  }

  async #keepFresh(engine: Engine): Promise<void> {
    const parts = { store: this.#store, clock: systemClock, publish: this.#bus.publish }
    this.#schedule = await keepFresh(this.#config, parts, () => this.#loadFiles(engine))
  }

  async #loadFiles(engine: Engine): Promise<void> {
    const { sources, artifactUrl: url } = await this.#settings()
    await engine.reloadFiles(sources, url)
  }

  async #settings(): Promise<EngineSettings> {
    const config = this.#config
    const sources = bootSources(config, this.#store)
    this.#feed.expect({
      interfaces: config.interfaces.map(({ name }) => name),
      architectures: sources.map(({ architecture }) => architecture),
    })
    return {
      config,
      sources,
      artifactUrl: await artifactUrl(config, this.#store),
    }
  }

  #publish(happening: Happening): void {
    this.#bus.publish({ atMs: Date.now(), ...happening })
  }
}

/** The configuration as it is read now, for this machine. */
export async function configOf({ configFile, overrides }: ServeOptions): Promise<Config> {
  return configHere((await loadConfig(configFile, overrides)).config)
}
