import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadConfig, readConfigText } from '../../src/config/load.ts'
import { withPlaces } from '../../src/config/places.ts'
import { EmfPxeError } from '../../src/errors/error.ts'

const minimal = 'interfaces:\n  - name: eth1\norchestrator:\n  fqdn: Edge.Example.com\n'

function problemsOf(text: string): string[] {
  try {
    readConfigText(text, 'config.yaml')
  } catch (error) {
    assert.ok(error instanceof EmfPxeError)
    assert.equal(error.code, 'CONFIG_INVALID')
    assert.equal(error.exitCode, 4)
    return error.message.split('\n').slice(1)
  }
  return []
}

test('a minimal file is completed with defaults', () => {
  const { config } = readConfigText(minimal, 'config.yaml')
  assert.equal(config.orchestrator.fqdn, 'edge.example.com')
  assert.deepEqual(config.ports, { dhcp: 67, bootServer: 4011, tftp: 69, dhcpClient: 68 })
  assert.equal(config.tftp.dataPorts, 'ephemeral')
})

test('of a file with more problems than anybody mends at once, 20 are shown and the rest counted', () => {
  const fields = Array.from({ length: 33 }, (_, index) => `unknown${index}: 1\n`).join('')
  const problems = problemsOf(minimal + fields)
  assert.equal(problems.length, 21)
  assert.equal(problems.at(-1), '  and 13 more')
})

const badFiles: { name: string; text: string; problems: (string | RegExp)[] }[] = [
  {
    name: 'an empty file',
    text: '',
    problems: ['  line 1: interfaces: is missing; wanted a list (lines starting with `- `)'],
  },
  {
    name: 'an empty list of interfaces',
    text: 'interfaces: []\norchestrator: {fqdn: a.example}\n',
    problems: ['  line 1: interfaces: is []; wanted at least one interface'],
  },
  {
    name: 'a misspelt field',
    text: `${minimal}tftpp: {}\n`,
    problems: ['  line 5: tftpp: there is no such field; wanted `tftp`?'],
  },
  {
    name: 'a misspelt nested field',
    text: `${minimal}tftp:\n  dataPort: single\n`,
    problems: ['  line 6: tftp.dataPort: there is no such field; wanted `dataPorts`?'],
  },
  {
    name: 'a misspelt field inside a list',
    text: 'interfaces:\n  - name: eth1\n    adress: 10.0.0.1\norchestrator: {fqdn: a.example}\n',
    problems: ['  line 3: interfaces[0].adress: there is no such field; wanted `address`?'],
  },
  {
    name: 'wrong types and values, all at once',
    text: `${minimal}ports:\n  dhcp: sixty-seven\n  tftp: 70000\nrelay: maybe\nmode: router\n`,
    problems: [
      '  line 9: mode: is "router"; wanted one of "proxy", "tftp-only"',
      '  line 8: relay: is "maybe"; wanted true or false',
      '  line 6: ports.dhcp: is "sixty-seven"; wanted a number',
      '  line 7: ports.tftp: is 70000; wanted 65535 or less',
    ],
  },
  {
    name: 'a backwards port range',
    text: `${minimal}tftp: {dataPorts: 40099-40000}\n`,
    problems: [
      /line 5: tftp.dataPorts: is "40099-40000"; wanted a range whose first port is not above its last/,
    ],
  },
  {
    name: 'one TFTP name for two boot files',
    text: 'interfaces: [{ name: eth1 }]\nbootFileName: ipxe-arm64.efi\nbootFiles: { x64: /a.efi, arm64: /b.efi }\n',
    problems: [
      '  line 2: bootFileName: is "ipxe-arm64.efi", the name that arm64 nodes are given; wanted a name of its own for x64',
    ],
  },
  {
    name: 'an interface listed twice',
    text: 'interfaces:\n  - name: eth1\n  - name: eth1\norchestrator: {fqdn: a.example}\n',
    problems: ['  line 3: interfaces[1].name: "eth1" is listed twice; wanted each interface once'],
  },
  {
    name: 'nothing to serve',
    text: 'interfaces:\n  - name: eth1\n',
    problems: [/orchestrator: nothing says where the boot file comes from/],
  },
  {
    name: 'YAML that does not parse',
    text: 'interfaces:\n\t- name: eth1\n',
    problems: [/line 2: .*; wanted valid YAML/],
  },
]

for (const { name, text, problems } of badFiles) {
  test(`refused, with line and remedy: ${name}`, () => {
    const seen = problemsOf(text)
    assert.equal(seen.length, problems.length, seen.join('\n'))
    for (const problem of problems) {
      const found =
        typeof problem === 'string' ? seen.includes(problem) : seen.some((line) => problem.test(line))
      assert.ok(found, `${problem}\nnot among\n${seen.join('\n')}`)
    }
  })
}

test('flags win over the environment, the environment over the file, and provenance says so', () => {
  const loaded = readConfigText(minimal, 'config.yaml', [
    { path: ['ports', 'tftp'], value: 6970, origin: 'EMF_PXE_TFTP_PORT' },
    { path: ['ports', 'tftp'], value: 6969, origin: '--tftp-port' },
  ])
  assert.equal(loaded.config.ports.tftp, 6969)
  assert.equal(loaded.provenance(['ports', 'tftp']), '--tftp-port')
  assert.equal(loaded.provenance(['orchestrator', 'fqdn']), 'config.yaml:4')
  assert.equal(loaded.provenance(['mode']), 'default')
})

test('a bad override is blamed on its flag, not on a line', () => {
  assert.throws(
    () => readConfigText(minimal, 'config.yaml', [{ path: ['mode'], value: 'x', origin: '--mode' }]),
    /--mode: mode: is "x"; wanted one of/,
  )
})

test('a missing file is named and init proposed', async () => {
  await assert.rejects(loadConfig('/nonexistent/config.yaml'), (error: EmfPxeError) => {
    assert.equal(error.code, 'CONFIG_MISSING')
    assert.match(error.message, /\/nonexistent\/config.yaml does not exist/)
    assert.equal(error.hint, 'emf-pxe init --config /nonexistent/config.yaml')
    return true
  })
})

test('a hint repeats the places that are not the usual ones, as a shell takes them', () => {
  const usual = { config: '/etc/emf-pxe/config.yaml', 'state-dir': '/var/lib/emf-pxe' }
  assert.equal(withPlaces('emf-pxe init', usual), 'emf-pxe init')
  assert.equal(
    withPlaces('emf-pxe init', { config: "my site's.yaml", 'state-dir': './state' }),
    "emf-pxe init --config 'my site'\\''s.yaml' --state-dir ./state",
  )
})
