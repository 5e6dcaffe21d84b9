import { EmfPxeError } from '../../errors/error.ts'
import { escapeText } from '../../ui/text.ts'
import type { DeployHost } from '../host.ts'
import type { DesiredCommand } from '../plan.ts'
import { composeDocument, containerName, dockerRunWords, imageName } from '../render/compose.ts'
import { containerUser } from '../values.ts'
import { baseNotes, imageCommands, observeImages } from './docker-image.ts'
import { firewallNotes, observeFirewall } from './firewall.ts'
import { observeCeiling, receiveCeiling } from './kernel.ts'
import type { SpecInput, Target } from './target.ts'
import { desired, installedProgram, named, needBinary, needTool, toWatchABoot, yesNo } from './tools.ts'

const healthTimeoutMs = 90_000
const healthPollMs = 1_000

/** A container on this machine, built and started through the Docker CLI. */
export const dockerTarget: Target = {
  name: 'docker',

  async check(host, program) {
    needBinary(program)
    const version = ['docker', 'version', '--format', '{{.Server.Version}}']
    const { exitCode, output } = await needTool(
      host,
      version,
      'apt-get install docker.io, or use --target systemd',
    )
    if (exitCode === 0) return
    throw new EmfPxeError('DEPLOY_TOOL_MISSING', {
      message: `docker does not reach its daemon: ${escapeText(output.trim().split('\n').at(-1) ?? '')}`,
      hint: 'systemctl start docker, or run this with sudo',
    })
  },

  async observe(host, { version, paths, config }) {
    const state = await host.run([
      'docker',
      'inspect',
      '--format',
      '{{.State.Running}} {{.Config.Image}}',
      containerName,
    ])
    return new Map([
      ['container-running', yesNo(state.stdout.trim() === `true ${imageName(version)}`)],
      ...(state.exitCode === 0 ? containerImage(state.stdout) : []),
      ['state-exists', yesNo(await host.exists(paths.stateDirectory))],
      ...(await observeImages(host, version)),
      ...(await observeCeiling(host)),
      ...(await observeFirewall(host, config)),
    ])
  },

  specify(input) {
    const { files, facts } = input
    return {
      target: 'docker',
      items: [
        ...installedProgram(input),
        ...desired(named(files, 'config.yaml'), 'configuration', 'what this server does'),
        ...receiveCeiling(files, facts),
        ...desired(named(files, 'Dockerfile'), 'service', 'how the image is made'),
        ...imageCommands(input),
        ...ownState(input),
        ...startContainer(input),
      ],
    }
  },

  async verify(host, { paths }) {
    const ask = [
      'docker',
      'exec',
      containerName,
      '/usr/local/bin/emf-pxe',
      'health',
      '--state-dir',
      paths.stateDirectory,
    ]
    const deadline = Date.now() + healthTimeoutMs
    // Not the container's own health check: it looks for the first time after half a minute.
    for (let answer = await host.run(ask); answer.exitCode !== 0; answer = await host.run(ask)) {
      const running = await isRunning(host)
      if (!running || Date.now() > deadline)
        throw await unhealthy(host, running ? answer.output : 'it does not stay up')
      await new Promise((resolve) => setTimeout(resolve, healthPollMs))
    }
  },

  notes: (input) => [...baseNotes(input), ...firewallNotes(input.facts)],

  afterwards: () => [
    { what: toWatchABoot, command: 'emf-pxe watch' },
    { what: 'Its log', command: `docker logs --follow ${containerName}` },
    { what: 'To undo everything', command: 'emf-pxe uninstall' },
  ],
}

/** The container's user must be able to write what root fetched. */
function ownState({ values, facts }: SpecInput): readonly DesiredCommand[] {
  const { stateDirectory } = values.paths
  const existed = facts.get('state-exists') === 'yes'
  return [
    {
      kind: 'command',
      id: 'make-state',
      title: `mkdir ${stateDirectory}`,
      run: ['mkdir', '-p', stateDirectory],
      ...(existed ? {} : { restore: ['rm', '-r', stateDirectory] }),
      unless: 'state-exists',
    },
    {
      kind: 'command',
      id: 'own-state',
      title: `chown -R ${containerUser} ${stateDirectory}`,
      run: ['chown', '-R', `${containerUser}:${containerUser}`, stateDirectory],
      unless: 'container-running',
    },
  ]
}

function containerImage(state: string): [string, string][] {
  const image = state.trim().split(' ')[1]
  return image === undefined ? [] : [['container-image', image]]
}

/** `docker run` with the settings of the compose file: the plugin is not everywhere. */
function startContainer({ values, facts }: SpecInput): readonly DesiredCommand[] {
  const start: DesiredCommand = {
    kind: 'command',
    id: 'start',
    title: `docker run --name ${containerName} ${imageName(values.version)}`,
    run: ['docker', ...dockerRunWords(composeDocument(values))],
    undo: ['docker', 'rm', '--force', containerName],
    unless: 'container-running',
    afterChange: true,
  }
  const before = facts.get('container-image')
  return before === undefined ? [start] : [...setAside(before), start, ...forget(before, values.version)]
}

const aside = `${containerName}-before`

/** The container that runs now keeps its place until the new one is known to be well. */
function setAside(image: string): readonly DesiredCommand[] {
  const step = (id: string, words: readonly string[], restore: readonly string[]): DesiredCommand => ({
    kind: 'command',
    id,
    title: `docker ${words.join(' ')}`,
    run: ['docker', ...words],
    restore: ['docker', ...restore],
    unless: 'container-running',
    afterChange: true,
  })
  return [
    step('set-aside', ['rename', containerName, aside], ['rename', aside, containerName]),
    { ...step('stop-before', ['stop', aside], ['start', aside]), title: `stop the container of ${image}` },
  ]
}

function forget(image: string, version: string): readonly DesiredCommand[] {
  const remove = (id: string, words: readonly string[]): DesiredCommand => ({
    kind: 'command',
    id,
    title: `docker ${words.join(' ')}`,
    run: ['docker', ...words],
    unless: 'container-running',
    afterChange: true,
    afterVerified: true,
  })
  const other = image !== imageName(version) && image.startsWith('emf-pxe:')
  return [
    remove('forget-before', ['rm', '--force', aside]),
    ...(other ? [remove('forget-image', ['image', 'rm', image])] : []),
  ]
}

async function isRunning(host: DeployHost): Promise<boolean> {
  const state = await host.run(['docker', 'inspect', '--format', '{{.State.Status}}', containerName])
  return state.stdout.trim() === 'running'
}

async function unhealthy(host: DeployHost, why: string): Promise<EmfPxeError> {
  const { output } = await host.run(['docker', 'logs', '--tail', '12', containerName])
  const lines = output
    .trim()
    .split('\n')
    .map((line) => `  ${escapeText(line)}`)
  const said = escapeText(why.trim().split('\n', 1)[0] ?? '')
  return new EmfPxeError('DEPLOY_NOT_HEALTHY', {
    message: [`The container ${containerName} does not serve: ${said}. Its last lines:`, ...lines].join('\n'),
  })
}
