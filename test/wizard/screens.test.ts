import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, type TestContext, test } from 'node:test'
import { parse } from 'yaml'
import { startDemoOrchestrator } from '../../src/demo/demo-orchestrator.ts'
import type { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { projectRoot } from '../support/imports.ts'
import { missing } from '../support/needs.ts'
import { InitSite } from './support/site.ts'
import { Terminal } from './support/terminal.ts'

const lacks = missing('tmux:tmux')
let orchestrator: EmbeddedOrchestrator
before(async () => {
  orchestrator = await startDemoOrchestrator()
})
after(() => orchestrator.close())

/** The wizard on a terminal of 80 columns, with the NICs of `support/program.ts`. */
function start(
  t: TestContext,
  argv: readonly string[] = [],
  site = InitSite.open(t, orchestrator),
  environment: Readonly<Record<string, string>> = {},
): { site: InitSite; terminal: Terminal } {
  const script = join(projectRoot, 'test/wizard/support/program.ts')
  const node = [process.execPath, '--disable-warning=ExperimentalWarning']
  const words = [...node, script, String(orchestrator.port), 'init', ...site.places, ...argv]
  const terminal = Terminal.start(words, {
    LANG: 'C.UTF-8',
    TERM: 'screen-256color',
    ...environment,
  })
  t.after(() => terminal.close())
  return { site, terminal }
}

describe('the wizard', { skip: lacks }, () => {
  test('from three answers to a site that can boot', async (t) => {
    const { site, terminal } = start(t)
    const nics = await terminal.sees(/Where are the nodes\?[\s\S]*submit/)
    assert.match(nics, /eth1 +✓ the site’s DHCP server 10\.77\.0\.2 offers 10\.77\.0\.101/)
    assert.match(nics, /another ProxyDHCP server answers: 10\.78\.0\.9 \(boot\.efi\)/)
    assert.match(nics, /❯◉ eth1 +10\.77\.0\.5\/24, 1 Gbit\/s\n/, 'the right one is proposed, and first')
    const order = [...nics.matchAll(/^[ ❯][◉◯-] (\w+)/gm)].map(([, name]) => name)
    assert.deepEqual(order, ['eth1', 'eth2', 'eth0', 'docker0', 'wlan0', 'eth3', 'lo'])
    terminal.press('Enter')
    await terminal.sees(/Domain of the orchestrator:/)
    terminal.type(site.orchestrator.fqdn)
    const question = await terminal.sees(/Is it the same\?[\s\S]*select/)
    assert.match(question, /SHA-256 +([0-9A-F]{2}:){15}/)
    await terminal.choose('I have the CA')
    await terminal.sees(/CA file \(PEM\):/)
    terminal.type(site.caFile)
    await terminal.sees(/domain vouches for it[\s\S]*Token for the orchestrator/)
    await terminal.choose('Sign in')
    await terminal.sees(/User name:/)
    terminal.type('demo')
    await terminal.sees(/Password:/)
    terminal.type('wrong-password')
    const refused = await terminal.sees(/it answered 401[\s\S]*\? Token for the orchestrator/)
    assert.doesNotMatch(refused, /wrong-password/)
    await terminal.choose('Sign in')
    await terminal.sees(/User name:(?! demo)/)
    terminal.type('demo')
    await terminal.sees(/Password:(?![\s\S]*Password:)/)
    terminal.type('demo-password')
    await terminal.sees(/Token of demo[\s\S]*Keep it in/)
    terminal.press('Enter')
    await terminal.sees(/How shall it run\?/)
    await terminal.choose('Nothing yet')
    await terminal.sees(/Apply\?/)
    terminal.press('Enter')
    const end = await terminal.sees(/exit 0/)
    assert.match(end, /Done\.[\s\S]*To undo everything:[\s\S]*without questions:/)
    assert.doesNotMatch(end, /demo-password|eyJ/)
    const { interfaces, orchestrator: written } = parse(readFileSync(site.configFile, 'utf8'))
    assert.deepEqual(interfaces, [{ name: 'eth1' }])
    assert.deepEqual(written, { fqdn: site.orchestrator.fqdn, caFile: site.caFile })
  })

  test('who chooses what cannot be installed here is told why, and asked again', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const known = ['--orchestrator', site.orchestrator.fqdn, '--ca-file', site.caFile]
    const { terminal } = start(t, ['--interface', 'eth1', '--store-token', ...known], site, {
      PATH: '/nowhere',
    })
    await terminal.sees(/\? Token for the orchestrator/)
    terminal.press('Enter')
    await terminal.sees(/! No token was given: --store-token has nothing to keep[\s\S]*\? How shall it run\?/)
    await terminal.choose('A Helm release')
    await terminal.sees(/! .*helm[\s\S]*→[\s\S]*\? How shall it run\?/)
    await terminal.choose('Nothing yet')
    await terminal.sees(/\? Apply\?/)
    terminal.press('C-c')
    await terminal.sees(/exit 9/)
  })

  test('a person vouches for the certificate, and is not asked again', async (t) => {
    const { site, terminal } = start(t, ['--interface', 'eth1', '--target', 'none', '--yes'])
    await terminal.sees(/Domain of the orchestrator:/)
    terminal.type('no domain')
    await terminal.sees(/A domain such as edge\.example\.com/)
    terminal.press('C-u')
    terminal.type(site.orchestrator.fqdn)
    await terminal.sees(/Is it the same\?[\s\S]*select/)
    await terminal.choose('Yes, I compared it')
    await terminal.sees(/Done\.[\s\S]*exit 0/)
    const { sha256 } = orchestrator.endpoint
    const text = readFileSync(site.configFile, 'utf8')
    assert.equal(parse(text).orchestrator.trustFingerprint, sha256)
    const again = start(t, ['--interface', 'eth1', '--target', 'none', '--yes'], site)
    await again.terminal.sees(new RegExp(`Domain of the orchestrator: \\(${site.orchestrator.fqdn}\\)`))
    again.terminal.press('Enter')
    await again.terminal.sees(/Nothing changed\.[\s\S]*exit 0/)
    assert.equal(readFileSync(site.configFile, 'utf8'), text)
  })

  test('who does not vouch for it stops, and nothing was written', async (t) => {
    const { site, terminal } = start(t, ['--interface', 'eth1', '--orchestrator', orchestrator.fqdn])
    await terminal.sees(/Is it the same\?[\s\S]*select/)
    terminal.press('Enter')
    await terminal.sees(/TRUST_DECLINED[\s\S]*exit 9/)
    assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
  })

  test('Ctrl-C at a question stops, and nothing was written', async (t) => {
    const { site, terminal } = start(t)
    await terminal.sees(/Where are the nodes\?[\s\S]*submit/)
    terminal.press('C-c')
    await terminal.sees(/ABORTED[\s\S]*exit 9/)
    assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
  })
})
