import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check, CheckResult, FinishedCheck } from '../../src/checks/check.ts'
import { Facts, type FactsOptions } from '../../src/checks/facts.ts'
import { readConfigText } from '../../src/config/load.ts'
import { systemClock } from '../../src/net/clock.ts'
import { KernelNetwork } from '../../src/net/kernel.ts'

/** Goes with the process: checks may still look at their directories when their test has ended. */
const directories = mkdtempSync(join(tmpdir(), 'emf-pxe-checks-'))
process.once('exit', () => rmSync(directories, { recursive: true, force: true }))

/** Facts of a machine that is configured, and where nothing is installed. */
export function someFacts(
  wishes: Partial<FactsOptions> & { readonly configText?: string } = {},
): FactsOptions {
  const { configText = 'interfaces: [{ name: lo }]\nbootFiles: { x64: /nowhere/ipxe.efi }', ...rest } = wishes
  const directory = mkdtempSync(join(directories, 'case-'))
  return {
    configFile: join(directory, 'config.yaml'),
    stateDirectory: directory,
    version: '1.2.3',
    loadConfig: async () => readConfigText(configText, 'config.yaml').config,
    readInstallation: async () => undefined,
    network: new KernelNetwork(),
    clock: systemClock,
    windowMs: 50,
    signal: new AbortController().signal,
    run: async () => ({ kind: 'missing' }),
    ...rest,
  }
}

export function facts(wishes: Parameters<typeof someFacts>[0] = {}): Facts {
  return new Facts(someFacts(wishes))
}

/** A check that says what it is told to. */
export function check(id: string, result: CheckResult | (() => CheckResult), ...dependsOn: string[]): Check {
  const run = typeof result === 'function' ? result : () => result
  return { id, category: 'host', title: `${id} is fine`, dependsOn, run }
}

export function finished(id: string, wishes: Partial<FinishedCheck> = {}): FinishedCheck {
  return {
    id,
    category: 'host',
    title: `${id} is fine`,
    outcome: 'ok',
    evidence: 'seen',
    anchor: `docs/checks.md#${id}`,
    durationMs: 1,
    because: undefined,
    ...wishes,
  }
}
