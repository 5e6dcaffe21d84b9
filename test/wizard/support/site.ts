import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { commandTable } from '../../../commands/index.ts'
import Init from '../../../commands/init.ts'
import type { CommandTable } from '../../../src/cli/table.ts'
import { startDemoOrchestrator } from '../../../src/demo/demo-orchestrator.ts'
import type { EmbeddedOrchestrator } from '../../../src/demo/orchestrator.ts'
import type { NetworkInterface } from '../../../src/net/interfaces.ts'
import type { Environment } from '../../../src/ui/streams.ts'
import type { InitSurroundings } from '../../../src/wizard/surroundings.ts'
import { type ProgramRun, runInMemory } from '../../support/program.ts'

/** A NIC of the machine that the tests play. */
export function nic(name: string, more: Partial<NetworkInterface> = {}): NetworkInterface {
  return {
    name,
    index: 2,
    kind: 'physical',
    up: true,
    running: true,
    addresses: [{ address: '10.77.0.5', prefixLength: 24 }],
    mac: '52:54:00:00:00:05',
    mtuBytes: 1500,
    speedMbps: 1000,
    master: undefined,
    hasDefaultRoute: false,
    ...more,
  }
}

export const twoNics = [nic('eth0', { hasDefaultRoute: true }), nic('eth1')]

/** A machine and an orchestrator on loopback: `init` meets nothing else of the world. */
export class InitSite {
  readonly directory: string
  readonly orchestrator: EmbeddedOrchestrator
  readonly configFile: string
  readonly stateDirectory: string
  readonly caFile: string
  surroundings: Partial<InitSurroundings> = {}

  private constructor(directory: string, orchestrator: EmbeddedOrchestrator) {
    this.directory = directory
    this.orchestrator = orchestrator
    this.configFile = join(directory, 'etc/config.yaml')
    this.stateDirectory = join(directory, 'state')
    this.caFile = join(directory, 'ca.pem')
    writeFileSync(this.caFile, orchestrator.authority.certificatePem)
  }

  static async open(test: Pick<TestContext, 'after'>): Promise<InitSite> {
    const site = new InitSite(
      mkdtempSync(join(tmpdir(), 'emf-pxe-init-test-')),
      await startDemoOrchestrator(),
    )
    test.after(async () => {
      await site.orchestrator.close()
      rmSync(site.directory, { recursive: true, force: true })
    })
    return site
  }

  /** Flags that answer everything. */
  get answers(): string[] {
    return [
      ...['--interface', 'eth1', '--orchestrator', this.orchestrator.fqdn, '--ca-file', this.caFile],
      ...['--target', 'none', ...this.places, '--yes', '--no-input'],
    ]
  }

  get places(): string[] {
    return ['--config', this.configFile, '--state-dir', this.stateDirectory]
  }

  /** `emf-pxe init …` in this process. */
  init(argv: readonly string[] = this.answers, environment: Environment = {}): Promise<ProgramRun> {
    return runInMemory(['init', ...argv], { table: this.table, environment })
  }

  /** The program's commands, with an `init` that meets this site. */
  get table(): CommandTable {
    const site = this
    class InitHere extends Init {
      protected override async surroundings(): Promise<InitSurroundings> {
        return {
          ...(await super.surroundings()),
          network: site.orchestrator.network,
          readNics: () => twoNics,
          introduce: async () => ({ summary: 'test', leasedNics: new Set() }),
          listen: async () => ({ silent: 'a test hears nothing' }),
          patienceMs: 1500,
          ...site.surroundings,
        }
      }
    }
    return {
      ...commandTable,
      init: { ...(commandTable.init as CommandTable[string]), load: async () => InitHere },
    }
  }
}
