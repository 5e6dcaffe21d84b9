import { access, constants } from 'node:fs/promises'
import { type ConfigInput, configSchema } from '../config/schema.ts'
import { EmfPxeError } from '../errors/error.ts'
import { normalFingerprint } from '../orchestrator/certificate.ts'
import { tokenVariable } from '../orchestrator/token-source.ts'
import { escapeText } from '../ui/text.ts'
import type { InitFlags } from './flags.ts'
import { refuseExample } from './send-package.ts'
import type { InitSurroundings } from './surroundings.ts'

/**
 * Refuses flags that can never work, before anything is looked for on the network.
 * @throws EmfPxeError USAGE, ANSWER_MISSING, TOKEN_MISSING, TOKEN_UNREADABLE
 */
export async function refuseUnusableAnswers(
  flags: InitFlags,
  around: Pick<InitSurroundings, 'ui' | 'environment'>,
): Promise<void> {
  const { orchestrator, trustFingerprint, tokenFile, proxy } = flags
  refuse('--orchestrator', orchestrator, { fqdn: orchestrator?.trim() }, 'a domain such as edge.example.com')
  const fingerprint = normalFingerprint(trustFingerprint ?? '')
  const digits = 'the 64 hexadecimal digits of a SHA-256'
  refuse('--trust-fingerprint', trustFingerprint, { trustFingerprint: fingerprint }, digits)
  refuse('--proxy', proxy, { proxy }, 'http://HOST:PORT or https://HOST:PORT, without a login')
  refuseNothingToStore(flags, around)
  if (flags.upload) refuseExample(flags.kubernetes['chart-registry'])
  if (tokenFile !== undefined && tokenFile !== '-') await refuseUnreadable(tokenFile)
}

function refuse(
  flag: string,
  given: string | undefined,
  settings: ConfigInput['orchestrator'],
  wanted: string,
): void {
  if (given === undefined || configSchema.shape.orchestrator.safeParse(settings).success) return
  throw new EmfPxeError('USAGE', {
    // Anything before an `@` of a URL may be a password.
    message: `${flag} is “${escapeText(given.replace(/\/\/.*@/s, '//[secret]@'))}”; wanted ${wanted}.`,
    hint: 'emf-pxe init --help',
  })
}

/** Who can be asked may still give a token. */
function refuseNothingToStore(
  { storeToken, tokenFile, yes }: InitFlags,
  { ui, environment }: Pick<InitSurroundings, 'ui' | 'environment'>,
): void {
  const isGiven = tokenFile !== undefined || Boolean(environment[tokenVariable]?.trim())
  if (!storeToken || isGiven || (ui.prompts.interactive && !yes)) return
  throw new EmfPxeError('TOKEN_MISSING', {
    message: '--store-token keeps a token, and none was given.',
    hint: `Add --token-file FILE (- for stdin) or set ${tokenVariable}; or leave --store-token out: no node needs a token to boot.`,
  })
}

async function refuseUnreadable(tokenFile: string): Promise<void> {
  await access(tokenFile, constants.R_OK).catch((cause: NodeJS.ErrnoException) => {
    const shown = escapeText(tokenFile)
    throw new EmfPxeError('TOKEN_UNREADABLE', {
      message: `${shown} cannot be read (${cause.code})`,
      hint: `ls -l ${shown}`,
      cause,
    })
  })
}
