import { string as stringArgument } from '@oclif/core/args'
import { string } from '@oclif/core/flags'
import { assess } from '../src/artifact/assess/assess.ts'
import { inspect } from '../src/artifact/inspect/inspect.ts'
import { showReport } from '../src/artifact/show-report.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { readWhole } from '../src/config/read-whole.ts'
import { type ExitCode, exitCodes } from '../src/errors/exit-codes.ts'
import type { Architecture } from '../src/proxydhcp/types.ts'

/** The largest download that a configuration may allow is 1 GiB; a boot file has some MB. */
const mostFileBytes = 256 << 20
const mostCertificateBytes = 1 << 20

export default class Inspect extends BaseCommand {
  static override description =
    'Says what a boot file is: EFI program or not, for which processor, who signed it and whether the signature holds, which iPXE is in it, where its script goes and which certificate it trusts. Exit code 7 when it is not fit to be served.'
  static override examples = [
    'emf-pxe inspect signed_ipxe.efi',
    'emf-pxe inspect signed_ipxe.efi --db db.der --json',
  ]
  static override flags = {
    ...commonFlags('json'),
    db: string({
      description: 'Secure Boot db certificate (DER) that must vouch for the signer.',
      helpValue: 'FILE',
    }),
    orchestrator: string({ description: 'The script must go on to this domain.', helpValue: 'FQDN' }),
    arch: string({
      description: 'Processor it is meant for.',
      options: ['x64', 'arm64', 'ia32'],
      default: 'x64',
    }),
    unsigned: string({
      description: 'What to make of a missing signature.',
      options: ['refuse', 'allow'],
      default: 'refuse',
    }),
  }
  static override args = { file: stringArgument({ description: 'The boot file.', required: true }) }

  async run(): Promise<ExitCode> {
    const { args, flags } = await this.parse(Inspect)
    const db =
      flags.db === undefined ? {} : { dbCertificates: [await readWhole(flags.db, mostCertificateBytes)] }
    const report = inspect(await readWhole(args.file, mostFileBytes), db)
    const findings = assess(report, {
      architecture: flags.arch as Architecture,
      signature: flags.unsigned === 'refuse' ? 'required' : 'optional',
      fqdn: flags.orchestrator,
      nowMs: Date.now(),
    })
    this.finish('inspection', { report, findings }, () =>
      showReport(report, findings, this.ui.theme, this.ui.columns),
    )
    return findings.some(({ severity }) => severity === 'error') ? exitCodes.artifact : exitCodes.ok
  }
}
