import type { DeployHost } from '../deploy/host.ts'
import type { ProgramFile } from '../deploy/targets/target.ts'
import type { ReadTemplate } from '../deploy/values.ts'
import type { Introduction } from '../host/introduction.ts'
import type { Clock } from '../net/datagram.ts'
import type { NetworkInterface } from '../net/interfaces.ts'
import type { TrustOptions } from '../orchestrator/trust.ts'
import type { Environment, InputStream } from '../ui/streams.ts'
import type { Ui } from '../ui/ui.ts'
import type { Heard } from './listen.ts'

/** The world as `init` meets it; tests bring one of their own. */
export interface InitSurroundings {
  readonly ui: Ui
  readonly abort: AbortSignal
  readonly environment: Environment
  readonly stdin: InputStream
  /** How the orchestrator's names and ports are reached. */
  readonly network: TrustOptions
  readonly clock: Clock
  readonly nowMs: () => number
  readonly readNics: () => readonly NetworkInterface[]
  readonly introduce: () => Promise<Introduction>
  /** Asks on a NIC as a booting node would. */
  readonly listen: (nic: NetworkInterface) => Promise<Heard>
  readonly host: DeployHost
  readonly program: ProgramFile | undefined
  readonly version: string
  readonly readTemplate: ReadTemplate
  /** How long to wait for a boot file that is being built; default 15 minutes. */
  readonly patienceMs?: number
  /** Silence after which a download is given up and resumed. */
  readonly stallMs?: number
}
