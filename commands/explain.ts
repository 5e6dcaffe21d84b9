import { string } from '@oclif/core/args'
import { readAsset } from '../src/cli/assets.ts'
import { BaseCommand } from '../src/cli/base-command.ts'
import { formatExplanation } from '../src/cli/explanation.ts'
import { commonFlags } from '../src/cli/flags.ts'
import { nearest } from '../src/config/nearest.ts'
import { EmfPxeError } from '../src/errors/error.ts'
import { documentedChecks, explainableCodes, explainCheck, explainCode } from '../src/errors/explain.ts'
import { escapeText } from '../src/ui/text.ts'

export default class Explain extends BaseCommand {
  static override description =
    'Takes a code of emf-pxe (CONFIG_INVALID), one that firmware puts on a node’s screen (PXE-E18), a check of status (port-dhcp) or a diagnosis (spanning-tree), and says what it means and what to try.'
  static override examples = ['emf-pxe explain PXE-E18', 'emf-pxe explain CONFIG_INVALID --json']
  static override flags = commonFlags('json')
  static override args = { code: string({ description: 'The code, in any spelling.', required: true }) }

  async run(): Promise<undefined> {
    const { args } = await this.parse(Explain)
    const checks = readAsset('docs/checks.md').toString('utf8')
    const explanation =
      explainCode(args.code, readAsset('docs/errors.md').toString('utf8')) ?? explainCheck(args.code, checks)
    if (explanation === undefined) throw unknownCode(args.code, documentedChecks(checks))
    this.finish('explanation', explanation, () =>
      formatExplanation(explanation, this.ui.theme, Math.min(80, this.ui.columns)),
    )
  }
}

function unknownCode(typed: string, checks: readonly string[]): EmfPxeError {
  const meant = nearest(typed, [...explainableCodes(), ...checks])
  return new EmfPxeError('USAGE', {
    message: `There is no code “${escapeText(typed)}”.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    hint: `emf-pxe explain ${meant ?? 'PXE-E18'}`,
  })
}
