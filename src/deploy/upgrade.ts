import { open, readFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { parseConfigText } from '../config/document.ts'
import { migrateConfig } from '../config/migrate.ts'
import type { ConfigInput } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import { escapeText } from '../ui/text.ts'
import type { DeployHost } from './host.ts'
import { carriedKubernetes } from './kubernetes-here.ts'
import { programFile } from './program-file.ts'
import { type Receipt, readReceipt, receiptFile } from './receipt.ts'
import { previousPath } from './targets/tools.ts'
import type { RenderValues } from './values.ts'

/** The installation that is there. Throws DEPLOY_NOTHING_INSTALLED when there is none. */
export async function installedReceipt(host: DeployHost, configFile: string): Promise<Receipt> {
  const receipt = await readReceipt(host, configFile)
  if (receipt !== undefined) return receipt
  throw new EmfPxeError('DEPLOY_NOTHING_INSTALLED', {
    message: `${receiptFile(configFile)} does not exist, so there is nothing to upgrade.`,
    hint: 'emf-pxe init',
  })
}

/** What this version installs in place of the one of the receipt: same settings, same places. */
export async function upgradedValues(
  host: DeployHost,
  receipt: Receipt,
  version: string,
): Promise<RenderValues> {
  const { configFile } = receipt.paths
  const text = (await host.observe(configFile))?.text
  if (text === undefined)
    throw new EmfPxeError('CONFIG_MISSING', { message: `${configFile} does not exist or cannot be read` })
  const config = migrateConfig(parseConfigText(text).value).value as ConfigInput
  return {
    config,
    ...(await caCertificate(host, config.orchestrator?.caFile)),
    version,
    paths: receipt.paths,
    kubernetes: carriedKubernetes(receipt, version),
  }
}

/** For a target whose servers run elsewhere the CA travels as text: without it they trust nobody. */
async function caCertificate(
  host: DeployHost,
  file: string | undefined,
): Promise<Pick<RenderValues, 'caCertificate'>> {
  if (file === undefined) return {}
  const text = (await host.observe(file))?.text
  if (text !== undefined) return { caCertificate: text }
  throw new EmfPxeError('CONFIG_MISSING', {
    message: `${file}, which orchestrator.caFile names, does not exist or cannot be read`,
  })
}

/** Where the program lies that the last upgrade replaced. */
export function previousProgram({ paths }: Receipt): string {
  return previousPath(paths.program[0])
}

/** Throws UPGRADE_NO_WAY_BACK when the last upgrade left nothing to go back to. */
export async function needPrevious(host: DeployHost, receipt: Receipt): Promise<string> {
  const path = previousProgram(receipt)
  if (await host.exists(path)) return path
  throw new EmfPxeError('UPGRADE_NO_WAY_BACK', { message: `${path} does not exist.` })
}

/** The configuration goes back too, when the older program could not read the newer format. */
export async function restoreOlderFormat(host: DeployHost, receipt: Receipt): Promise<void> {
  const older = receipt.previous?.configText
  const present = (await host.observe(receipt.paths.configFile))?.text
  if (older === undefined || older === '' || present === undefined) return
  if (formatOf(older) !== formatOf(present)) await host.write(receipt.paths.configFile, older, 0o644)
}

function formatOf(text: string): unknown {
  return (parseConfigText(text).value as { readonly version?: unknown } | undefined)?.version ?? 1
}

/** e_machine of the ELF header by Node's name of the processor. */
const machines: Readonly<Record<string, number>> = { x64: 62, arm64: 183 }

/**
 * Checks that a file is an emf-pxe for this machine and, where a SHA256SUMS lies beside it, that it
 * is the one meant; returns its version. Throws UPGRADE_FILE_UNUSABLE.
 */
export async function inspectProgram(host: DeployHost, file: string): Promise<string> {
  const path = resolve(file)
  await checkMachine(path)
  await checkSum(path)
  const result = await host.run([path, 'version', '--json'], { timeoutMs: 30_000 })
  const version = versionIn(result.stdout)
  if (result.exitCode === 0 && version !== undefined) return version
  throw unusable(path, `does not answer as emf-pxe does: ${escapeText(result.output.slice(0, 200))}`)
}

async function checkMachine(path: string): Promise<void> {
  const header = await readHeader(path)
  if (header.toString('latin1', 0, 4) !== '\x7fELF') throw unusable(path, 'is not a program for Linux')
  const machine = header.readUInt16LE(18)
  if (machine === machines[process.arch]) return
  const meant = Object.entries(machines).find(([, number]) => number === machine)?.[0] ?? `machine ${machine}`
  throw unusable(path, `is for ${meant}; this machine is ${process.arch}`)
}

async function readHeader(path: string): Promise<Buffer> {
  const handle = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw unusable(path, `cannot be read (${cause.code})`)
  })
  try {
    const header = Buffer.alloc(64)
    await handle.read(header, 0, header.length, 0)
    return header
  } finally {
    await handle.close()
  }
}

async function checkSum(path: string): Promise<void> {
  const sums = await readFile(join(dirname(path), 'SHA256SUMS'), 'utf8').catch(() => '')
  const wanted = sums
    .split('\n')
    .map((line) => /^([0-9a-f]{64}) [ *](.+)$/.exec(line))
    .find((line) => line?.[2] === basename(path))?.[1]
  if (wanted === undefined) return
  const { sha256 } = await programFile(path)
  if (sha256 !== wanted) throw unusable(path, `has sha256 ${sha256}; SHA256SUMS beside it says ${wanted}`)
}

function versionIn(text: string): string | undefined {
  try {
    const { schema, version } = JSON.parse(text) as { schema?: unknown; version?: unknown }
    return String(schema).startsWith('emf-pxe/version/') && typeof version === 'string' ? version : undefined
  } catch {
    return undefined
  }
}

function unusable(path: string, why: string): EmfPxeError {
  return new EmfPxeError('UPGRADE_FILE_UNUSABLE', { message: `${escapeText(path)} ${why}.` })
}
