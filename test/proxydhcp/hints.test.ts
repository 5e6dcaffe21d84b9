import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type HintedServer, type HintInputs, hints } from '../../src/proxydhcp/hints.ts'
import { findProgram, missing } from '../support/needs.ts'

/** By its path: the npm package `dhcp` puts a program of the same name into PATH. */
const iscDhcpd = '/usr/sbin/dhcpd'

const scriptUrl = 'http://edge.example.com/boot.ipxe'
const onlyX64: HintInputs = { serverAddress: '192.0.2.1', bootFiles: { x64: 'ipxe.efi' } }
const everything: HintInputs = {
  serverAddress: '192.0.2.1',
  bootFiles: { x64: 'ipxe.efi', arm64: 'arm64.efi', ia32: 'ia32.efi', bios: 'undionly.kpxe' },
  scriptUrl,
}
const inputs: [name: string, inputs: HintInputs][] = [
  ['x64 only', onlyX64],
  ['every architecture and a script', everything],
  ['a script URL full of punctuation', { ...everything, scriptUrl: `http://e/a'b"c,d;e$f\\g h` }],
]

function linesFor(server: HintedServer, from: HintInputs): readonly string[] {
  return hints(from).find((hint) => hint.server === server)?.lines ?? []
}

test('dnsmasq, x64 only: what a person pastes', () => {
  assert.deepEqual(linesFor('dnsmasq', onlyX64), [
    '# emf-pxe: network boot',
    'dhcp-match=set:emf-x64,option:client-arch,7',
    'dhcp-match=set:emf-x64,option:client-arch,9',
    'dhcp-boot=tag:emf-x64,ipxe.efi,,192.0.2.1',
  ])
})

test('without a boot file there is nothing to say', () => {
  assert.deepEqual(hints({ serverAddress: '192.0.2.1', bootFiles: {}, scriptUrl }), [])
})

describe('each server is told of every file, our address and the script', () => {
  for (const { server, lines } of hints(everything)) {
    test(server, () => {
      const text = lines.join('\n')
      for (const wanted of ['ipxe.efi', 'arm64.efi', 'ia32.efi', 'undionly.kpxe', scriptUrl, '192.0.2.1']) {
        assert.ok(text.includes(wanted), `${wanted} is missing`)
      }
    })
  }
})

describe('without a script nobody is told of iPXE', () => {
  for (const { server, lines } of hints(onlyX64)) {
    test(server, () =>
      assert.doesNotMatch(lines.join('\n').replaceAll('ipxe.efi', ''), /ipxe|175|user-?class/i),
    )
  }
})

describe('the servers themselves accept the lines', () => {
  for (const [name, from] of inputs) {
    test(`dnsmasq --test: ${name}`, { skip: missing('dnsmasq:dnsmasq-base') }, () => {
      check('dnsmasq.conf', linesFor('dnsmasq', from).join('\n'), (file) => [
        'dnsmasq',
        '--test',
        `--conf-file=${file}`,
        '--dhcp-range=192.0.2.100,192.0.2.200',
      ])
    })

    test(`dhcpd -t: ${name}`, { skip: missing(`${iscDhcpd}:isc-dhcp-server`) }, () => {
      const subnet = 'subnet 192.0.2.0 netmask 255.255.255.0 { range 192.0.2.100 192.0.2.200; }'
      const text = [...linesFor('isc-dhcpd', from), subnet].join('\n')
      check('dhcpd.conf', text, (file) => [iscDhcpd, '-t', '-4', '-cf', file])
    })

    test(`kea-dhcp4 -t: ${name}`, { skip: missing('kea-dhcp4:kea-dhcp4-server') }, () => {
      const text = `{"Dhcp4": {${linesFor('kea', from).join('\n')}}}`
      check('kea.json', text, (file) => ['kea-dhcp4', '-t', file])
    })
  }
})

/** Runs a server's own check of a configuration file; its complaint becomes the failure. */
function check(name: string, text: string, command: (file: string) => [string, ...string[]]): void {
  const folder = mkdtempSync(join(tmpdir(), 'emf-pxe-hints-'))
  try {
    const file = join(folder, name)
    writeFileSync(file, `${text}\n`, { mode: 0o644 })
    const [program, ...args] = command(file)
    execFileSync(findProgram(program) ?? program, args, { encoding: 'utf8', stdio: 'pipe' })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
