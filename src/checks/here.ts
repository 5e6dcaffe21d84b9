import { loadConfig } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import { createDeployHost } from '../deploy/host.ts'
import { readReceipt } from '../deploy/receipt.ts'
import { systemClock } from '../net/clock.ts'
import { KernelNetwork } from '../net/kernel.ts'
import type { FactsOptions } from './facts.ts'

export interface HereOptions
  extends Pick<FactsOptions, 'configFile' | 'stateDirectory' | 'version' | 'signal'> {
  readonly waitSeconds: number
  /** Turns the configuration into what it means on this machine (`service/config-here.ts`). */
  readonly onThisMachine: (config: Config) => Config
}

/** Facts of this machine, as it is. */
export function factsHere({ waitSeconds, onThisMachine, ...rest }: HereOptions): FactsOptions {
  return {
    ...rest,
    loadConfig: async () => onThisMachine((await loadConfig(rest.configFile)).config),
    readInstallation: () => readReceipt(createDeployHost(), rest.configFile),
    network: new KernelNetwork(),
    clock: systemClock,
    windowMs: waitSeconds * 1000,
  }
}
