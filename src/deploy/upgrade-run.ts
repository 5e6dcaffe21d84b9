import { execa } from 'execa'
import { EmfPxeError } from '../errors/error.ts'
import type { InstallOptions } from './install.ts'
import { install } from './install.ts'
import type { Receipt } from './receipt.ts'
import {
  inspectProgram,
  installedReceipt,
  needPrevious,
  restoreOlderFormat,
  upgradedValues,
} from './upgrade.ts'

export interface UpgradeOptions extends InstallOptions {
  /** Version of this program. */
  readonly version: string
  readonly configFile: string
  readonly to: string | undefined
  readonly back: boolean
  /** The words after `upgrade`, to hand on to the other program. */
  readonly argv: readonly string[]
}

export type UpgradeOutcome =
  /** The other program did it, with this exit code. */
  | { readonly handedOver: true; readonly exitCode: number }
  | { readonly handedOver: false; readonly from: string; readonly to: string; readonly changed: boolean }

/**
 * Upgrades to this program, or hands over to the one that is meant: each version installs itself,
 * with its own templates. Throws DEPLOY_NOTHING_INSTALLED, UPGRADE_FILE_UNUSABLE, UPGRADE_NO_WAY_BACK
 * and whatever an installation throws.
 */
export async function upgrade(options: UpgradeOptions): Promise<UpgradeOutcome> {
  const { host, ui } = options
  const receipt = await installedReceipt(host, options.configFile)
  const file = options.back ? await needPrevious(host, receipt) : options.to
  if (file !== undefined) {
    const version = await inspectProgram(host, file)
    ui.note(`${file} is emf-pxe ${version}; the installed one is ${receipt.version}.`)
    if (options.back && options.dryRun !== true) await restoreOlderFormat(host, receipt)
    return { handedOver: true, exitCode: await handOver(file, options) }
  }
  await refuseItself(options, receipt)
  const values = await upgradedValues(host, receipt, options.version)
  const { changed } = await install(receipt.target, values, options)
  return { handedOver: false, from: receipt.version, to: options.version, changed }
}

/** The same questions, the same terminal; the flags that chose the program are its own business no longer. */
async function handOver(file: string, { argv }: UpgradeOptions): Promise<number> {
  const words: string[] = []
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? ''
    if (word === '--to') index++
    else if (word !== '--back' && !word.startsWith('--to=')) words.push(word)
  }
  const environment = { EMF_PXE_TO: undefined, EMF_PXE_BACK: undefined }
  const { exitCode } = await execa(file, ['upgrade', ...words], {
    stdio: 'inherit',
    reject: false,
    env: environment,
  })
  return exitCode ?? 1
}

/** `emf-pxe upgrade` typed out of habit: the installed program cannot upgrade to itself. */
async function refuseItself({ host, program, version }: UpgradeOptions, receipt: Receipt): Promise<void> {
  const installed = await host.observe(receipt.paths.program[0])
  if (program === undefined || installed?.sha256 !== program.sha256 || receipt.version !== version) return
  throw new EmfPxeError('UPGRADE_FILE_UNUSABLE', {
    message: `This is the installed program, version ${version}: there is nothing newer in it.`,
  })
}
