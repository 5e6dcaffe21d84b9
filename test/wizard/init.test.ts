import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { parse } from 'yaml'
import { ArtifactStore } from '../../src/artifact/store/store.ts'
import { startDemoOrchestrator } from '../../src/demo/demo-orchestrator.ts'
import type { EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import { projectRoot } from '../support/imports.ts'
import { missing } from '../support/needs.ts'
import { InitSite } from './support/site.ts'
import { nic } from './support/table.ts'

let orchestrator: EmbeddedOrchestrator
before(async () => {
  orchestrator = await startDemoOrchestrator()
})
after(() => orchestrator.close())

describe('answers that can never work', () => {
  for (const [name, [flag, value], code, says] of [
    ['a domain that is none', ['--orchestrator', 'not a name'], 'USAGE', /“not a name”; wanted a domain/],
    ['a fingerprint that is none', ['--trust-fingerprint', 'zz'], 'USAGE', /“zz”; wanted the 64/],
    [
      'a proxy with a login',
      ['--proxy', 'http://me:pw@proxy:3128'],
      'USAGE',
      /“http:\/\/\[secret\]@proxy:3128”; wanted http:\/\/HOST:PORT/,
    ],
    [
      'a token file that is not there',
      ['--token-file', '/nope'],
      'TOKEN_UNREADABLE',
      /\/nope cannot be read/,
    ],
    [
      'an address that is no https URL',
      ['--artifact-url', 'ftp://x'],
      'USAGE',
      /“ftp:\/\/x” is not an https/,
    ],
  ] as const)
    test(`${name}: told before anything is asked of the network`, async (t) => {
      const site = InitSite.open(t, orchestrator)
      const argv = site.answers
      const at = argv.indexOf(flag)
      argv.splice(at === -1 ? argv.length : at, at === -1 ? 0 : 2, flag, value)
      const run = await site.init(argv)
      assert.match(run.stderr, new RegExp(`^✗ ${code} `, 'm'))
      assert.match(run.stderr, says)
      assert.notEqual(run.exitCode, 0)
      assert.deepEqual(site.orchestrator.requests, [])
      assert.equal(existsSync(site.configFile), false)
    })
})

test('--store-token without a token is told before anything is asked of the network', async (t) => {
  const site = InitSite.open(t, orchestrator)
  const run = await site.init([...site.answers, '--store-token'])
  assert.match(
    run.stderr,
    /TOKEN_MISSING {2}--store-token keeps a token, and none was given[\s\S]*--token-file FILE/,
  )
  assert.deepEqual([run.exitCode, site.orchestrator.requests, existsSync(site.configFile)], [2, [], false])
})

test('--upload wants to know the registry of the chart before anything is asked of the network', async (t) => {
  const site = InitSite.open(t, orchestrator)
  const run = await site.init([...site.answers, '--upload'])
  assert.match(run.stderr, /ANSWER_MISSING[\s\S]*Pass --chart-registry URL/)
  assert.deepEqual([run.exitCode, site.orchestrator.requests], [2, []])
})

describe('init without questions', () => {
  test('writes configuration and boot file, and tells how to go on', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init()
    assert.equal(run.exitCode, 0, run.stderr)
    const config = parse(readFileSync(site.configFile, 'utf8'))
    assert.deepEqual(config, {
      version: 1,
      interfaces: [{ name: 'eth1' }],
      orchestrator: { fqdn: site.orchestrator.fqdn, caFile: site.caFile },
    })
    const { bytes, dbCertificate } = await new ArtifactStore(site.stateDirectory).load()
    assert.deepEqual(bytes, site.orchestrator.file('signed_ipxe.efi'))
    assert.deepEqual(dbCertificate?.der, site.orchestrator.file('keys/db.der'))
    for (const wanted of [/Done\./, /To serve:/, /To undo everything:/, /emf-pxe init --interface eth1/])
      assert.match(run.stdout, wanted)
    assert.match(run.stderr, /vouches for it/)
    assert.match(run.stderr, /\+ .*config\.yaml/)
  })

  test('a second run says that nothing changed, and asks for the file only conditionally', async (t) => {
    const site = InitSite.open(t, orchestrator)
    await site.init()
    const before = filesOf(site)
    site.orchestrator.requests.length = 0
    const again = await site.init()
    assert.equal(again.exitCode, 0, again.stderr)
    assert.match(again.stdout, /^Nothing changed\./)
    assert.match(again.stderr, /already in place/)
    const asked = site.orchestrator.requests.filter(({ path }) => path.endsWith('signed_ipxe.efi'))
    assert.deepEqual(
      asked.map(({ status }) => status),
      [304],
    )
    assert.deepEqual(filesOf(site), before)
  })

  test('the command that it prints does the same again', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const { stdout } = await site.init()
    const command = stdout.split('\n').find((line) => line.includes('emf-pxe init')) ?? ''
    const run = await site.init(command.trim().split(' ').slice(2))
    assert.equal(run.exitCode, 0, run.stderr)
    assert.match(run.stdout, /^Nothing changed\./)
  })

  test('--json gives the result as one document', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const { stdout } = await site.init([...site.answers, '--json'])
    const result = JSON.parse(stdout)
    assert.equal(result.schema, 'emf-pxe/init/1')
    assert.deepEqual([result.target, result.changed, result.dryRun], ['none', true, false])
    assert.equal(result.artifact.sizeBytes, site.orchestrator.file('signed_ipxe.efi')?.length)
  })

  test('--dry-run shows the plan and writes nothing', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init([...site.answers, '--dry-run'])
    assert.equal(run.exitCode, 0, run.stderr)
    assert.match(run.stderr, /\+ .*config\.yaml/)
    assert.match(run.stdout, /^Nothing was changed/)
    assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
  })

  test('variables answer as flags do', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init([], {
      EMF_PXE_INTERFACE: 'eth0,eth1',
      EMF_PXE_ORCHESTRATOR: site.orchestrator.fqdn,
      EMF_PXE_CA_FILE: site.caFile,
      EMF_PXE_TARGET: 'none',
      EMF_PXE_CONFIG: site.configFile,
      EMF_PXE_STATE_DIR: site.stateDirectory,
      EMF_PXE_YES: '1',
      EMF_PXE_NO_INPUT: '1',
    })
    assert.equal(run.exitCode, 0, run.stderr)
    assert.deepEqual(parse(readFileSync(site.configFile, 'utf8')).interfaces, [
      { name: 'eth0' },
      { name: 'eth1' },
    ])
  })

  test('an exact URL is enough, without a domain', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const { provisioningHost, endpoint } = site.orchestrator
    const url = `https://${provisioningHost}/tink-stack/signed_ipxe.efi`
    const run = await site.init([
      ...['--interface', 'eth1', '--artifact-url', url, '--trust-fingerprint', endpoint.sha256],
      ...['--target', 'none', ...site.places, '--yes', '--no-input'],
    ])
    assert.equal(run.exitCode, 0, run.stderr)
    const written = parse(readFileSync(site.configFile, 'utf8'))
    assert.deepEqual(written.orchestrator, { artifactUrl: url, trustFingerprint: endpoint.sha256 })
  })
})

describe('a site behind a proxy', () => {
  const written = (site: InitSite) => parse(readFileSync(site.configFile, 'utf8')).orchestrator.proxy
  const url = 'http://proxy.example.com:3128'

  for (const [name, environment, expected] of [
    ['the shell’s proxy is the service’s too', { HTTPS_PROXY: url }, url],
    ['it is the same without a scheme', { https_proxy: 'proxy.example.com:3128' }, url],
    ['none for a domain that is exempt', { HTTPS_PROXY: url, NO_PROXY: '.demo.test' }, undefined],
  ] as const)
    test(name, async (t) => {
      const site = InitSite.open(t, orchestrator)
      const run = await site.init(site.answers, environment)
      assert.equal(run.exitCode, 0, run.stderr)
      assert.equal(written(site), expected)
    })

  test('a login is not written down for everybody to read, and the person hears of it', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init(site.answers, { HTTPS_PROXY: 'http://site:hunter2@proxy.example.com:3128' })
    assert.equal(run.exitCode, 0, run.stderr)
    assert.match(run.stderr, /HTTPS_PROXY holds a login, which the configuration does not keep/)
    assert.doesNotMatch(readFileSync(site.configFile, 'utf8') + run.stderr + run.stdout, /hunter2/)
  })

  test('the flag wins; a run that does not repeat it is told the command that does', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init([...site.answers, '--proxy', url], { HTTPS_PROXY: 'http://other:1' })
    assert.equal(run.exitCode, 0, run.stderr)
    assert.equal(written(site), url)
    const again = await site.init()
    assert.match(again.stderr, /orchestrator\.proxy: http:\/\/proxy\.example\.com:3128/)
    assert.match(again.stderr, /--proxy\s+http:\/\/proxy\.example\.com:3128 --target none/)
  })
})

describe('init for another machine', () => {
  test('writes the package, tries the boot file, and stores nothing here', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const output = join(site.directory, 'package')
    const answers = site.answers.map((word) =>
      word === 'none' ? 'deployment-package' : word === 'eth1' ? 'ens3' : word,
    )
    const run = await site.init([...answers, '--output', output])
    assert.equal(run.exitCode, 0, run.stderr)
    assert.ok(
      readdirSync(output).some((name) => name.endsWith('.tar.gz')),
      run.stderr,
    )
    assert.match(run.stderr, /Nothing is wrong with the boot file/)
    assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
  })
})

test('a target that cannot be installed here is refused before anything is fetched', async (t) => {
  const site = InitSite.open(t, orchestrator)
  site.surroundings = { program: undefined }
  const run = await site.init([
    ...site.answers.map((word) => (word === 'none' ? 'docker' : word)),
    '--dry-run',
  ])
  assert.match(run.stderr, /DEPLOY_BINARY_NEEDED/)
  assert.ok(!orchestrator.requests.some(({ path }) => path.endsWith('signed_ipxe.efi')))
  assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
})

describe('an ordinary user', () => {
  const isRoot = process.getuid?.() === 0
  test('can do it where they may write', { skip: isRoot && 'needs an ordinary user' }, async (t) => {
    const site = InitSite.open(t, orchestrator)
    const script = join(projectRoot, 'test/wizard/support/program.ts')
    const argv = [script, String(orchestrator.port), 'init', ...site.answers]
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...argv], { env: {} })
    const said: string[] = []
    child.stderr.on('data', (chunk) => said.push(String(chunk)))
    const [exitCode] = await once(child, 'close')
    assert.equal(exitCode, 0, said.join(''))
    assert.equal(statSync(site.configFile).uid, process.getuid?.())
    assert.equal((await new ArtifactStore(site.stateDirectory).load()).isFallback, false)
  })

  for (const target of ['systemd', 'docker'])
    test(`is told that ${target} needs root, before anything is fetched`, {
      skip: missing('root'),
    }, async (t) => {
      const site = InitSite.open(t, orchestrator)
      const isRoot = process.getuid
      process.getuid = () => 65_534
      t.after(() => {
        if (isRoot !== undefined) process.getuid = isRoot
      })
      const run = await site.init(site.answers.map((word) => (word === 'none' ? target : word)))
      assert.equal(run.exitCode, 5, run.stderr)
      assert.match(run.stderr, /DEPLOY_NOT_PERMITTED/)
      assert.deepEqual(orchestrator.requests, [])
    })
})

describe('an answer that is missing names its flag', () => {
  const answers = {
    '--interface': 'eth1',
    '--orchestrator': 'edge.demo.test',
    '--target': 'none',
  }
  for (const flag of Object.keys(answers)) {
    test(flag, async (t) => {
      const site = InitSite.open(t, orchestrator)
      const others = Object.entries(answers)
        .filter(([name]) => name !== flag)
        .flat()
      const run = await site.init([...others, ...site.places, '--yes', '--no-input'])
      assert.equal(run.exitCode, 2)
      assert.match(run.stderr, new RegExp(`ANSWER_MISSING(.|\\n)*Pass ${flag} `))
      assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
    })
  }

  test('--yes', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init(site.answers.filter((word) => word !== '--yes'))
    assert.equal(run.exitCode, 2)
    assert.match(run.stderr, /Pass --yes/)
  })

  test('a certificate that nobody vouches for is not answered by --yes', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init(site.answers.filter((word) => word !== '--ca-file' && word !== site.caFile))
    assert.equal(run.exitCode, 2)
    assert.match(run.stderr, /TRUST_UNDECIDED/)
    assert.match(
      run.stderr.replaceAll(/\s+/g, ''),
      new RegExp(`--trust-fingerprint${site.orchestrator.endpoint.sha256}`),
    )
    assert.deepEqual([existsSync(site.configFile), existsSync(site.stateDirectory)], [false, false])
  })

  test('an interface that does not exist', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const run = await site.init(site.answers.map((word) => (word === 'eth1' ? 'eth7' : word)))
    assert.equal(run.exitCode, 5)
    assert.match(run.stderr, /INTERFACE_MISSING[\s\S]*no eth7 here[\s\S]*eth0, eth1/)
  })
})

describe('a setting in force is never dropped silently', () => {
  test('the refusal prints the whole command, and that command works', async (t) => {
    const site = InitSite.open(t, orchestrator)
    const { sha256 } = site.orchestrator.endpoint
    await site.init([...site.answers, '--trust-fingerprint', sha256, '--interface', 'eth0'])
    const before = filesOf(site)
    const run = await site.init()
    assert.equal(run.exitCode, 2)
    assert.match(run.stderr, /DEPLOY_WOULD_DROP/)
    assert.match(run.stderr, /interfaces: eth0/)
    assert.deepEqual(filesOf(site), before)
    const [, command = ''] = /→ emf-pxe init ([\s\S]*?)\n\s+or add --replace/.exec(run.stderr) ?? []
    const again = await site.init(command.trim().split(/\s+/))
    assert.equal(again.exitCode, 0, again.stderr)
    assert.match(again.stdout, /^Nothing changed\./)
  })

  test('--replace lets it go', async (t) => {
    const site = InitSite.open(t, orchestrator)
    await site.init([...site.answers, '--interface', 'eth0'])
    const run = await site.init([...site.answers, '--replace'])
    assert.equal(run.exitCode, 0, run.stderr)
    assert.deepEqual(parse(readFileSync(site.configFile, 'utf8')).interfaces, [{ name: 'eth1' }])
  })

  test('what an operator wrote by hand stays, comments too', async (t) => {
    const site = InitSite.open(t, orchestrator)
    await site.init()
    const text = `# by hand\n${readFileSync(site.configFile, 'utf8')}relay: true # two buildings\n`
    writeFileSync(site.configFile, text)
    site.surroundings = { readNics: () => [nic('eth1'), nic('eth2')] }
    const same = await site.init()
    assert.equal(same.exitCode, 0, same.stderr)
    assert.equal(readFileSync(site.configFile, 'utf8'), text)
    const more = await site.init([...site.answers, '--interface', 'eth2'])
    assert.equal(more.exitCode, 0, more.stderr)
    const now = readFileSync(site.configFile, 'utf8')
    assert.match(now, /^# by hand\n/)
    assert.match(now, /relay: true # two buildings/)
    assert.deepEqual(parse(now).interfaces, [{ name: 'eth1' }, { name: 'eth2' }])
  })

  test('a configuration with problems is not built upon', async (t) => {
    const site = InitSite.open(t, orchestrator)
    await site.init()
    writeFileSync(site.configFile, 'interfaces: [{ nmae: eth1 }]\n')
    const run = await site.init()
    assert.equal(run.exitCode, 4)
    assert.match(run.stderr, /CONFIG_INVALID[\s\S]*nmae/)
    assert.equal(readFileSync(site.configFile, 'utf8'), 'interfaces: [{ nmae: eth1 }]\n')
  })
})

/** Name, size and time of everything below the site's directory that a run could have changed. */
function filesOf({ configFile, stateDirectory }: InitSite): string[] {
  const names = [configFile, join(stateDirectory, 'artifact/manifest.json')]
  const stored = readdirSync(join(stateDirectory, 'artifact')).sort()
  return [
    ...stored,
    ...names.map((name) => `${name} ${statSync(name).mtimeMs} ${readFileSync(name, 'utf8')}`),
  ]
}
