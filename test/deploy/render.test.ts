import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import type { ConfigInput } from '../../src/config/schema.ts'
import { composeDocument, dockerRunWords } from '../../src/deploy/render/compose.ts'
import { fill } from '../../src/deploy/render/fill.ts'
import { chartFiles, chartValues } from '../../src/deploy/render/helm.ts'
import { render } from '../../src/deploy/render/render.ts'
import type { RenderValues } from '../../src/deploy/values.ts'
import { EmfPxeError } from '../../src/errors/error.ts'
import { controlSocketCandidates, controlSocketPath } from '../../src/observe/control/path.ts'
import { assertGolden, readTemplate, sampleValues } from './support.ts'

const root = join(import.meta.dirname, '..', '..')

describe('rendered files', () => {
  for (const target of ['systemd', 'docker'] as const) {
    for (const file of render(target, sampleValues, readTemplate)) {
      test(`${target}: ${file.name}`, () => assertGolden(`${target}/${file.name}`, String(file.content)))
    }
  }
  for (const file of render('helm', sampleValues, readTemplate)) {
    if (file.name !== 'values.yaml') continue
    test(`helm: ${file.name}`, () => assertGolden(`helm/${file.name}`, String(file.content)))
  }
  for (const file of render('deployment-package', sampleValues, readTemplate)) {
    if (typeof file.content !== 'string') continue
    test(file.name, () => assertGolden(file.name, String(file.content)))
  }

  test('docker run says what the compose file says', () => {
    assertGolden('docker/run.txt', `${dockerRunWords(composeDocument(sampleValues)).join('\n')}\n`)
  })

  test('the same values give the same bytes', () => {
    for (const target of ['systemd', 'docker', 'helm', 'deployment-package'] as const)
      assert.deepEqual(render(target, sampleValues, readTemplate), render(target, sampleValues, readTemplate))
  })
})

describe('the systemd unit', () => {
  const unit = (change: Partial<RenderValues['paths']>, config: Partial<ConfigInput> = {}) =>
    String(
      render(
        'systemd',
        {
          ...sampleValues,
          config: { ...sampleValues.config, ...config },
          paths: { ...sampleValues.paths, ...change },
        },
        readTemplate,
      ).find((file) => file.name === 'emf-pxe.service')?.content,
    )

  for (const stateDirectory of ['/var/lib/emf-pxe', '/var/lib/site/two']) {
    test(`with its state in ${stateDirectory}, commands find its control socket`, () => {
      const text = unit({ stateDirectory })
      const runtimeDirectory = `/run/${/^RuntimeDirectory=(.+)$/m.exec(text)?.[1]}`
      const path = controlSocketPath(stateDirectory, { runtimeDirectory, isRoot: false })
      assert.equal(controlSocketCandidates(stateDirectory)[0], path)
    })
  }

  test('quotes what systemd would split or expand', () => {
    const text = unit({ configFile: '/etc/emf pxe/100%/$x.yaml' })
    assert.match(
      text,
      /^ExecStart=\/usr\/local\/bin\/emf-pxe serve --config "\/etc\/emf pxe\/100%%\/\$\$x\.yaml" /m,
    )
  })

  test('starts Node and a script when that is how the program runs', () => {
    const text = unit({ program: ['/usr/bin/node', '/usr/lib/node_modules/emf-pxe/bin/run.js'] })
    assert.match(text, /^ExecStart=\/usr\/bin\/node \/usr\/lib\/node_modules\/emf-pxe\/bin\/run\.js serve /m)
  })

  test('hands over a token file as a credential', () => {
    const text = unit({}, { orchestrator: { fqdn: 'edge.example.com', tokenFile: '/etc/emf-pxe/token' } })
    assert.match(text, /^LoadCredential=token:\/etc\/emf-pxe\/token$/m)
    assert.doesNotMatch(unit({}), /LoadCredential/)
  })

  const unusable = [
    ['a state directory outside /var/lib', { stateDirectory: '/srv/emf-pxe' }],
    ['a state directory that climbs out', { stateDirectory: '/var/lib/../../etc' }],
    ['/var/lib itself', { stateDirectory: '/var/lib/' }],
    ['a state directory inside /var/lib/private', { stateDirectory: '/var/lib/private/emf-pxe' }],
    ['a program in a home directory', { program: ['/home/anna/emf-pxe'] as const }],
    ['a configuration in /root', { configFile: '/root/config.yaml' }],
  ] as const
  for (const [name, change] of unusable) {
    test(`refuses ${name}`, () => {
      assert.throws(() => unit(change as Partial<RenderValues['paths']>), { code: 'DEPLOY_PATH_UNUSABLE' })
    })
  }
})

describe('the configuration file', () => {
  const text = (config: ConfigInput, configText?: string) =>
    String(
      render(
        'systemd',
        { ...sampleValues, config, ...(configText === undefined ? {} : { configText }) },
        readTemplate,
      )[0]?.content,
    )

  test('is left byte for byte when nothing differs', () => {
    const present =
      '# mine\ninterfaces: [ {name: eth1} ]   # the boot network\norchestrator: { fqdn: edge.example.com }\n'
    assert.equal(text(sampleValues.config, present), present)
  })

  test('keeps comments and order of what did not change', () => {
    const present = [
      '# Rack 7, ask Jo before you touch this.',
      'orchestrator:',
      '  fqdn: old.example.com # until May',
      'interfaces:',
      '  # the boot network',
      '  - name: eth1',
      'tftp:',
      '  maxWindow: 8',
      '',
    ].join('\n')
    const after = text({ ...sampleValues.config, tftp: { maxWindow: 8 } }, present)
    assert.equal(after, `${present.replace('old.example.com', 'edge.example.com')}version: 1\n`)
  })

  test('is written anew when the present one is not YAML', () => {
    assert.equal(parse(text(sampleValues.config, 'a: [')).interfaces[0].name, 'eth1')
  })
})

describe('templates', () => {
  test('a place without a value is a mistake', () => {
    assert.throws(() => fill('{{a}} {{b}}', { a: '1' }), /\{\{b\}\}/)
  })
  test('a value without a place is a mistake', () => {
    assert.throws(() => fill('{{a}}', { a: '1', b: '2' }), /no place for b/)
  })
  test('a line with nothing but an empty value disappears', () => {
    assert.equal(fill('x\n{{a}}\ny\n', { a: '' }), 'x\ny\n')
  })
})

describe('the chart', () => {
  test('the list of its files is what lies in templates/', () => {
    const directory = join(root, 'templates/helm/emf-pxe')
    const present = readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    assert.deepEqual([...chartFiles].sort(), present.sort())
  })

  test('its version is the version of the program', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const chart = parse(readTemplate('helm/emf-pxe/Chart.yaml'))
    assert.deepEqual([chart.version, chart.appVersion], [version, version])
  })

  test('its README names every value', () => {
    const readme = readTemplate('helm/emf-pxe/README.md')
    const unnamed = Object.keys(parse(readTemplate('helm/emf-pxe/values.yaml'))).filter(
      (key) => !readme.includes(`\`${key}`),
    )
    assert.deepEqual(unnamed, [])
  })

  test('files of this machine stay here; a CA travels as text', () => {
    const config: ConfigInput = {
      interfaces: [{ name: 'eth1' }, { name: 'eth2', address: '10.0.0.7' }],
      orchestrator: { fqdn: 'edge.example.com', caFile: '/etc/ca.pem', tokenFile: '/etc/emf-pxe/token' },
      relay: true,
    }
    assert.deepEqual(chartValues({ ...sampleValues, config, caCertificate: 'PEM' }), {
      interfaces: config.interfaces,
      orchestrator: { fqdn: 'edge.example.com', caCertificate: 'PEM' },
      image: { repository: 'emf-pxe', tag: '0.1.0' },
      config: { relay: true },
    })
  })

  test('a proxy is a value of its own, and asked for by the package', () => {
    const orchestrator = { fqdn: 'edge.example.com', proxy: 'http://proxy.example.com:3128' }
    const values = { ...sampleValues, config: { ...sampleValues.config, orchestrator } }
    assert.deepEqual(chartValues(values).proxy, { httpsProxy: 'http://proxy.example.com:3128' })
    assert.deepEqual(chartValues(values).orchestrator, { fqdn: 'edge.example.com' })
    const document = render('deployment-package', values, readTemplate).find(({ name }) =>
      name.endsWith('application.yaml'),
    )
    const [profile] = parse(String(document?.content)).profiles
    const asked = profile.parameterTemplates.find(({ name }: { name: string }) => name === 'proxy.httpsProxy')
    assert.equal(asked.default, 'http://proxy.example.com:3128')
  })
})

test('a version that the catalog refuses is refused here, by name', () => {
  assert.throws(
    () => render('deployment-package', { ...sampleValues, version: '1.0.0+build' }, readTemplate),
    (error) => error instanceof EmfPxeError && /Application\.version is "1\.0\.0\+build"/.test(error.message),
  )
})

describe('the Dockerfile', () => {
  const files = render('docker', sampleValues, readTemplate)
  const text = String(files.find(({ name }) => name === 'Dockerfile')?.content)
  const [, grant = '', final = ''] = text.split(/^FROM /m)

  test('changes the program where the image does not see it', () => {
    assert.match(grant, /^RUN \["\/program\/emf-pxe", "grant-ports"\]$/m)
    assert.doesNotMatch(final, /grant-ports/)
  })

  test('copies the directory of the program: a file would lose its capability', () => {
    assert.match(final, /^COPY --from=grant \/program\/ \/usr\/local\/bin\/$/m)
  })
})
