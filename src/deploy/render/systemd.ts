import { configSchema } from '../../config/schema.ts'
import { EmfPxeError } from '../../errors/error.ts'
import type { ReadTemplate, RenderedFile, RenderValues } from '../values.ts'
import { configFileText } from './config-file.ts'
import { fill } from './fill.ts'

export const unitName = 'emf-pxe.service'
const unitPath = `/etc/systemd/system/${unitName}`
export const sysctlPath = '/etc/sysctl.d/60-emf-pxe.conf'

/** Configuration, kernel ceiling and service, in the order in which they are needed. Pure. */
export function renderSystemd(values: RenderValues, readTemplate: ReadTemplate): readonly RenderedFile[] {
  return [configFile(values), sysctlFile(values, readTemplate), unitFile(values, readTemplate)]
}

export function configFile(values: RenderValues): RenderedFile {
  const content = configFileText(values.config, values.configText)
  return { name: 'config.yaml', path: values.paths.configFile, mode: 0o644, content }
}

export function sysctlFile(values: RenderValues, readTemplate: ReadTemplate): RenderedFile {
  const { tftp } = configSchema.parse(values.config)
  const content = fill(readTemplate('systemd/60-emf-pxe.conf'), {
    receiveBufferBytes: String(tftp.receiveBufferMegabytes * 1024 * 1024),
  })
  return { name: '60-emf-pxe.conf', path: sysctlPath, mode: 0o644, content }
}

function unitFile(values: RenderValues, readTemplate: ReadTemplate): RenderedFile {
  const { program, configFile, stateDirectory } = values.paths
  refuseHidden([...program.filter((word) => word.startsWith('/')), configFile])
  const content = fill(readTemplate('systemd/emf-pxe.service'), {
    version: values.version,
    program: program.map(quote).join(' '),
    configFile: quote(configFile),
    stateDirectory: quote(stateDirectory),
    stateName: stateName(stateDirectory),
    credentials: credentials(values.config.orchestrator?.tokenFile),
  })
  return { name: unitName, path: unitPath, mode: 0o644, content }
}

/** A word of an `Exec` line (systemd.service(5)): quoted when needed, `%` and `$` doubled. */
function quote(word: string): string {
  const literal = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  return /^[\w@%+=:,./$-]+$/.test(literal) ? literal : `"${literal.replaceAll(/(["\\])/g, '\\$1')}"`
}

/** The service may own a directory below /var/lib only: systemd makes it for a user that comes and goes. */
function stateName(stateDirectory: string): string {
  const name = /^\/var\/lib\/((?!\.\.?\/|\.\.?$)[\w.-]+(\/[\w-][\w.-]*)*)\/?$/.exec(stateDirectory)?.[1]
  if (name !== undefined && !name.startsWith('private')) return name
  throw new EmfPxeError('DEPLOY_PATH_UNUSABLE', {
    message: `The state directory is ${stateDirectory}; a systemd service keeps its state below /var/lib.`,
    hint: 'Pass --state-dir /var/lib/emf-pxe',
  })
}

/** The token stays a file that only root reads; systemd hands the service a copy of its own. */
function credentials(tokenFile: string | undefined): string {
  return tokenFile === undefined ? '' : `LoadCredential=token:${tokenFile}`
}

/** `ProtectHome=` and `PrivateTmp=` hide these from the service. */
function refuseHidden(paths: readonly string[]): void {
  const hidden = paths.find((path) => /^\/(home|root|run\/user|tmp|var\/tmp)\//.test(path))
  if (hidden === undefined) return
  throw new EmfPxeError('DEPLOY_PATH_UNUSABLE', {
    message: `${hidden} is hidden from the service, which sees no home and no temporary directories.`,
    hint: 'Install the program and its configuration in /usr/local and /etc: sh install.sh --target systemd',
  })
}
