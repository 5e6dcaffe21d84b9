import { EmfPxeError } from '../../errors/error.ts'
import { failureText } from '../apply.ts'
import type { DeployHost } from '../host.ts'
import type { DesiredCommand } from '../plan.ts'
import { unitName } from '../render/systemd.ts'
import { firewallNotes, observeFirewall } from './firewall.ts'
import { observeCeiling, receiveCeiling } from './kernel.ts'
import type { SpecInput, Target } from './target.ts'
import { desired, installedProgram, named, needTool, toWatchABoot, yesNo } from './tools.ts'

/** Where systemd keeps the state of users that come and go (DynamicUser=). */
const privateState = '/var/lib/private'

/** A service of this machine's systemd. */
export const systemdTarget: Target = {
  name: 'systemd',

  async check(host) {
    await needTool(
      host,
      ['systemctl', '--version'],
      'Use --target docker, or run emf-pxe serve under your own supervisor.',
    )
    const state = await host.run(['systemctl', 'is-system-running'])
    if (state.stdout.trim() !== 'offline') return
    throw new EmfPxeError('DEPLOY_TOOL_MISSING', {
      message: 'systemd is installed, but this machine was not started by it (a container, perhaps).',
      hint: 'Use --target none and start emf-pxe serve yourself.',
    })
  },

  async observe(host, { config }) {
    const enabled = await host.run(['systemctl', 'is-enabled', unitName])
    const active = await host.run(['systemctl', 'is-active', unitName])
    return new Map([
      ['service-enabled', yesNo(enabled.stdout.trim() === 'enabled')],
      ['service-active', yesNo(active.stdout.trim() === 'active')],
      ['private-state', yesNo(await host.exists(privateState))],
      ...(await observeCeiling(host)),
      ...(await observeFirewall(host, config)),
    ])
  },

  specify(input) {
    const { files, facts } = input
    const wasActive = facts.get('service-active') === 'yes'
    return {
      target: 'systemd',
      directories: facts.get('private-state') === 'yes' ? [] : [privateState],
      items: [
        ...(wasActive ? [startAgain] : []),
        // Undone last: systemd forgets the unit when its file is gone.
        { ...reload('forget-units'), undo: ['systemctl', 'daemon-reload'] },
        ...installedProgram(input),
        ...desired(named(files, 'config.yaml'), 'configuration', 'what this server does'),
        ...receiveCeiling(files, facts),
        ...desired(named(files, unitName), 'service', 'the service'),
        { ...reload('reload-units'), run: ['systemctl', 'daemon-reload'], afterChange: true },
        {
          kind: 'command',
          id: 'enable',
          title: `systemctl enable ${unitName}`,
          run: ['systemctl', 'enable', '--quiet', unitName],
          undo: ['systemctl', 'disable', '--quiet', unitName],
          unless: 'service-enabled',
        },
        {
          kind: 'command',
          id: 'start',
          title: `systemctl ${wasActive ? 'restart' : 'start'} ${unitName}`,
          // Returns when the service has said that it serves (Type=notify).
          run: ['systemctl', 'restart', unitName],
          undo: ['systemctl', 'stop', unitName],
          unless: 'service-active',
          afterChange: true,
        },
      ],
    }
  },

  async verify(host) {
    const active = await host.run(['systemctl', 'is-active', unitName])
    if (active.stdout.trim() === 'active') return
    throw new EmfPxeError('DEPLOY_NOT_HEALTHY', { message: await lastWords(host, active.stdout.trim()) })
  },

  notes: ({ facts }: SpecInput) => firewallNotes(facts),

  afterwards: () => [
    { what: toWatchABoot, command: 'emf-pxe watch' },
    { what: 'Its log', command: `journalctl --unit ${unitName} --follow` },
    { what: 'To undo everything', command: 'emf-pxe uninstall' },
  ],
}

function reload(id: string): DesiredCommand {
  return { kind: 'command', id, title: 'systemctl daemon-reload' }
}

/** A failed change leaves the service as it was found: running. */
const startAgain: DesiredCommand = {
  kind: 'command',
  id: 'start-again',
  title: `systemctl restart ${unitName}`,
  restore: ['systemctl', 'restart', unitName],
}

async function lastWords(host: DeployHost, state: string): Promise<string> {
  const journal = ['journalctl', '--unit', unitName, '--lines', '12', '--output', 'cat', '--no-pager']
  const { output } = await host.run(journal)
  return failureText([unitName, `is ${state};`, 'its last lines:'], {
    exitCode: 0,
    stdout: '',
    output,
  }).replace(' ended with 0', '')
}
