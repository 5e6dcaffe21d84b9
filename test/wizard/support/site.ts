import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { CommandTable } from '../../../src/cli/table.ts'
import type { EmbeddedOrchestrator } from '../../../src/demo/orchestrator.ts'
import type { Environment } from '../../../src/ui/streams.ts'
import type { InitSurroundings } from '../../../src/wizard/surroundings.ts'
import { type ProgramRun, runInMemory } from '../../support/program.ts'
import { nic, tableWith } from './table.ts'

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

  /** A machine of its own for one test; making an orchestrator takes a second, so tests share one. */
  static open(test: Pick<TestContext, 'after'>, orchestrator: EmbeddedOrchestrator): InitSite {
    orchestrator.faults.clear()
    orchestrator.requests.length = 0
    const site = new InitSite(mkdtempSync(join(tmpdir(), 'emf-pxe-init-test-')), orchestrator)
    test.after(() => rmSync(site.directory, { recursive: true, force: true }))
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
    return tableWith({
      network: this.orchestrator.network,
      readNics: () => twoNics,
      introduce: async () => ({ summary: 'test', leasedNics: new Set() }),
      listen: async () => ({ silent: 'a test hears nothing' }),
      patienceMs: 1500,
      ...this.surroundings,
    })
  }
}
