import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { findProgram, missing } from '../support/needs.ts'

const script = join(import.meta.dirname, '..', '..', 'bin', 'install.sh')

/** A directory as it is handed to a site, and a machine to install on, both made of files. */
class Site {
  readonly root = mkdtempSync(join(tmpdir(), 'emf-pxe-install-'))
  readonly media = join(this.root, 'media')
  readonly bin = join(this.root, 'bin')
  readonly #stubs = join(this.root, 'stubs')

  constructor(t: TestContext, machine = 'x86_64', user = '0') {
    t.after(() => rmSync(this.root, { recursive: true, force: true }))
    for (const directory of [this.media, this.#stubs]) mkdirSync(directory)
    this.stub('uname', `[ "$1" = -s ] && echo Linux || echo ${machine}`)
    this.stub('id', `echo ${user}`)
    writeFileSync(join(this.media, 'install.sh'), readFileSync(script))
  }

  stub(name: string, body: string): void {
    writeFileSync(join(this.#stubs, name), `#!/bin/sh\n${body}\n`)
    chmodSync(join(this.#stubs, name), 0o755)
  }

  /** A program that notes what it is run with; `code` is how `init` ends. */
  offer(version: string, code = 0, name = 'emf-pxe'): void {
    const body = `#!/bin/sh\n[ "$1" = --version ] && { echo emf-pxe ${version}; exit; }\necho "$*" >>${this.root}/calls\nexit ${code}\n`
    writeFileSync(join(this.media, name), body)
    this.sums(`${createHash('sha256').update(body).digest('hex')}  ${name}\n`)
  }

  sums(text: string): void {
    writeFileSync(join(this.media, 'SHA256SUMS'), text)
  }

  get environment() {
    return { PATH: `${this.#stubs}:${process.env.PATH}`, EMF_PXE_BIN: this.bin }
  }

  /** Environment of the script besides what every run has. */
  more: Readonly<Record<string, string>> = {}

  run(...args: string[]) {
    const result = spawnSync('sh', [join(this.media, 'install.sh'), ...args], {
      encoding: 'utf8',
      env: { ...this.environment, ...this.more },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without a controlling terminal, as under a configuration manager.
      ...{ detached: true },
    })
    return { code: result.status, said: result.stderr }
  }

  calls(): string[] {
    const file = join(this.root, 'calls')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  installed(): string[] {
    return existsSync(this.bin) ? readdirSync(this.bin).sort() : []
  }

  version(name = 'emf-pxe'): string {
    return spawnSync(join(this.bin, name), ['--version'], { encoding: 'utf8' })
      .stdout.trim()
      .replace('emf-pxe ', '')
  }
}

describe('install.sh', () => {
  test('shellcheck finds nothing', { skip: missing('shellcheck:shellcheck') }, () => {
    const { status, stdout } = spawnSync('shellcheck', [script], { encoding: 'utf8' })
    assert.deepEqual([status, stdout], [0, ''])
  })

  test('checks, installs, runs init with the arguments it was given, says each thing', (t) => {
    const site = new Site(t)
    site.offer('0.1.0')
    const { code, said } = site.run('--target', 'systemd', '--interface', 'eth 1')
    assert.equal(code, 0, said)
    assert.deepEqual(site.calls(), ['init --target systemd --interface eth 1'])
    assert.deepEqual(site.installed(), ['emf-pxe'])
    assert.match(
      said,
      /taking emf-pxe from .*media\n.*is the one in SHA256SUMS\n.*\/bin\/emf-pxe is installed\nit is emf-pxe 0\.1\.0\n/,
    )
  })

  test('a second run says that it is there already', (t) => {
    const site = new Site(t)
    site.offer('0.1.0')
    site.run()
    assert.match(site.run().said, /is already this version/)
    assert.deepEqual(site.installed(), ['emf-pxe'])
  })

  test('a new version keeps the one of before', (t) => {
    const site = new Site(t)
    site.offer('0.1.0')
    site.run()
    site.offer('0.2.0')
    assert.match(site.run().said, /is replaced/)
    assert.deepEqual([site.version(), site.version('emf-pxe.previous')], ['0.2.0', '0.1.0'])
    assert.deepEqual(site.installed(), ['emf-pxe', 'emf-pxe.previous'])
  })

  test('when init fails, the program is removed again', (t) => {
    const site = new Site(t)
    site.offer('0.1.0', 6)
    const { code, said } = site.run()
    assert.deepEqual([code, site.installed()], [6, []])
    assert.match(said, /is removed again\n.*ended with 6/)
  })

  test('when init of a new version fails, the one of before is back', (t) => {
    const site = new Site(t)
    site.offer('0.1.0')
    site.run()
    site.offer('0.2.0', 8)
    const { code, said } = site.run()
    assert.deepEqual([code, site.version(), site.installed()], [8, '0.1.0', ['emf-pxe']])
    assert.match(said, /is the version of before again/)
  })

  const refusals: readonly [name: string, code: number, said: RegExp, prepare: (site: Site) => void][] = [
    [
      'a damaged program',
      7,
      /has sha256 [0-9a-f]{64}, SHA256SUMS says 0000/,
      (site) => site.sums(`${'0'.repeat(64)}  emf-pxe\n`),
    ],
    ['a checksum file without a line for it', 7, /no line for emf-pxe/, (site) => site.sums('aa  other\n')],
    ['a program that is not there', 2, /emf-pxe is missing/, (site) => rmSync(join(site.media, 'emf-pxe'))],
    ['an ordinary user', 5, /needs root: sudo sh/, (site) => site.stub('id', 'echo 1000')],
    [
      'another processor',
      5,
      /no emf-pxe for riscv64/,
      (site) => site.stub('uname', '[ "$1" = -s ] && echo Linux || echo riscv64'),
    ],
    [
      'a program that does not run on this machine',
      5,
      /bin\/emf-pxe does not run here \(no such libc\); it needs glibc 2\.28[\s\S]*is removed again\n$/,
      (site) => {
        const body = '#!/bin/sh\necho no such libc >&2\nexit 127\n'
        writeFileSync(join(site.media, 'emf-pxe'), body)
        site.sums(`${createHash('sha256').update(body).digest('hex')}  emf-pxe\n`)
      },
    ],
    [
      'a directory that cannot be made',
      5,
      /\/bin cannot be made; EMF_PXE_BIN=DIR names another place\n$/,
      (site) => site.stub('mkdir', 'exit 1'),
    ],
    [
      'a full disk',
      5,
      /\/bin cannot be written; EMF_PXE_BIN=DIR names another place\n$/,
      (site) =>
        site.stub('cp', `case $2 in */.emf-pxe.new.*) exit 1 ;; *) exec ${findProgram('cp')} "$@" ;; esac`),
    ],
    ['another system', 5, /runs on Linux; this is Darwin/, (site) => site.stub('uname', 'echo Darwin')],
  ]
  for (const [name, code, said, prepare] of refusals) {
    test(`refuses ${name} and leaves nothing`, (t) => {
      const site = new Site(t)
      site.offer('0.1.0')
      prepare(site)
      const result = site.run()
      assert.equal(result.code, code)
      assert.match(result.said, said)
      assert.deepEqual([site.installed(), site.calls()], [[], []])
    })
  }

  test('a checksum known from elsewhere wins over the one beside the program', (t) => {
    const site = new Site(t)
    site.offer('1.0.0')
    const known = createHash('sha256')
      .update(readFileSync(join(site.media, 'emf-pxe')))
      .digest('hex')
    // What somebody altered, they altered together with its checksum.
    site.offer('6.6.6')
    site.more = { EMF_PXE_SHA256: known.toUpperCase() }
    const { code, said } = site.run()
    assert.equal(code, 7)
    assert.match(said, new RegExp(`EMF_PXE_SHA256 says ${known}`))
    assert.deepEqual(site.installed(), [])

    site.offer('1.0.0')
    rmSync(join(site.media, 'SHA256SUMS'))
    assert.equal(site.run().code, 0, 'then SHA256SUMS is not needed')
  })

  test('an AArch64 machine gets the program for it', (t) => {
    const site = new Site(t, 'aarch64')
    site.offer('0.1.0', 0, 'emf-pxe-linux-arm64')
    assert.equal(site.run().code, 0)
    assert.deepEqual(site.installed(), ['emf-pxe'])
  })

  test('cut short anywhere, it does nothing', (t) => {
    const site = new Site(t)
    site.offer('0.1.0')
    const whole = readFileSync(script, 'utf8')
    const lines = whole.split('\n')
    for (let count = 1; count < lines.length - 1; count += 7) {
      writeFileSync(join(site.media, 'install.sh'), lines.slice(0, count).join('\n'))
      site.run()
    }
    writeFileSync(join(site.media, 'install.sh'), whole.slice(0, whole.lastIndexOf('main "$@"')))
    site.run()
    assert.deepEqual([site.installed(), site.calls()], [[], []])
  })

  test('downloads from EMF_PXE_URL', { skip: missing('curl:curl') }, async (t) => {
    const site = new Site(t)
    site.offer('0.1.0')
    const server = createServer((request, response) => {
      const file = join(site.media, request.url ?? '')
      if (existsSync(file)) response.end(readFileSync(file))
      else response.writeHead(404).end()
    }).listen(0, '127.0.0.1')
    t.after(() => server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const run = async (url: string) => {
      const child = spawn('sh', ['-s', '--', '--yes'], {
        env: { ...site.environment, EMF_PXE_URL: url },
        stdio: ['pipe', 'ignore', 'pipe'],
        detached: true,
      })
      child.stdin.end(readFileSync(script))
      let said = ''
      child.stderr.on('data', (text) => {
        said += String(text)
      })
      const code = await new Promise((resolve) => child.on('close', resolve))
      return { code, said }
    }
    const missingFile = await run(`${base}/elsewhere`)
    assert.equal(missingFile.code, 6, missingFile.said)
    const good = await run(`${base}/`)
    assert.equal(good.code, 0, good.said)
    assert.deepEqual(site.calls(), ['init --yes'])
  })
})
