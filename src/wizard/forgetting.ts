import { resolve } from 'node:path'
import type { ConfigInput } from '../config/schema.ts'
import { programWords } from '../deploy/program-file.ts'
import { refuseDropping } from '../deploy/settings.ts'
import { defaultKubernetes } from '../deploy/values.ts'
import { EmfPxeError } from '../errors/error.ts'
import { composeConfig } from './compose-config.ts'
import type { InitFlags } from './flags.ts'
import { proxyAnswer } from './proxy-answer.ts'
import type { InitSurroundings } from './surroundings.ts'

/**
 * Before anything is asked of the network, when nobody can be asked: answers that are missing, or a
 * setting in force that this run does not repeat.
 * @throws EmfPxeError DEPLOY_WOULD_DROP with the whole command, ANSWER_MISSING with the flag
 */
export function refuseForgetting(
  flags: InitFlags,
  present: ConfigInput | undefined,
  around: InitSurroundings,
): void {
  const { version } = around
  const { configFile, stateDirectory, orchestrator: fqdn, artifactUrl, trustFingerprint } = flags
  if (present !== undefined && !flags.replace) {
    const caFile = flags.caFile === undefined ? undefined : resolve(flags.caFile)
    const proxy = proxyAnswer(flags, { fqdn, artifactUrl }, around)
    const orchestrator = { fqdn, artifactUrl, caFile, trustFingerprint, proxy }
    const config = composeConfig(present, { interfaces: flags.interfaces ?? [], orchestrator })
    const paths = { program: programWords(), configFile, stateDirectory }
    refuseDropping(present, flags.target ?? 'none', {
      config,
      version,
      paths,
      kubernetes: defaultKubernetes(version),
    })
  }
  if (flags.interfaces === undefined) throw unanswered('on which NIC the nodes are', '--interface NIC')
  if (fqdn === undefined && artifactUrl === undefined)
    throw unanswered('where the orchestrator is', '--orchestrator FQDN (or --artifact-url URL)')
  if (flags.target === undefined)
    throw unanswered('how it shall run', '--target none|systemd|docker|helm|deployment-package')
  if (!flags.yes && !flags.dryRun)
    throw unanswered('whether to apply the plan', '--yes (or --dry-run to see it)')
}

function unanswered(what: string, flag: string): EmfPxeError {
  return new EmfPxeError('ANSWER_MISSING', {
    message: `Nobody can be asked ${what}.`,
    hint: `Pass ${flag}; on a terminal, emf-pxe init asks instead`,
  })
}
