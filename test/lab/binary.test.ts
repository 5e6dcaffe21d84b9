import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { neededLibraries } from '../../bin/build/elf-dynamic.ts'
import { findProgram, missing } from '../support/needs.ts'
import { copyTree, toldCommit, toldEnvironment } from '../support/snapshot.ts'
import { unpackedPackage } from './support/debian.ts'

/** A user that no system knows. */
const stranger = 12_345

/** The single binary, built twice from copies of this tree in two places, and run where it has never been. */
const work = mkdtempSync(join(tmpdir(), 'emf-pxe-binary-'))
const [first, second] = [join(work, 'first'), join(work, 'second')]
const binary = join(first, 'emf-pxe')
const arm64Binary = join(first, 'emf-pxe-linux-arm64')

before(() => {
  const snapshot = copyTree(join(work, 'snapshot'))
  for (const [output, tree] of [
    [first, snapshot],
    [second, copyTree(join(work, 'in', 'another', 'place'), snapshot)],
  ] as const)
    execFileSync(process.execPath, [join(tree, 'bin', 'build-binary.ts'), '--out', output], {
      env: { ...process.env, ...toldEnvironment },
      stdio: 'pipe',
    })
})
after(() => rmSync(work, { recursive: true, force: true }))

describe('the build', () => {
  for (const name of ['emf-pxe', 'emf-pxe-linux-arm64']) {
    test(`${name}: built twice, one hash, and it is the one in SHA256SUMS`, () => {
      const [a, b] = [sha256(join(first, name)), sha256(join(second, name))]
      assert.equal(a, b)
      assert.ok(readFileSync(join(first, 'SHA256SUMS'), 'utf8').includes(`${a}  ${name}\n`))
    })

    test(`${name}: asks only for libraries that every server has, from glibc 2.28 on`, () => {
      const file = readFileSync(join(first, name))
      const libraries = neededLibraries(file).map((library) => library.replace(/\.so.*/, ''))
      const everywhere = /^(libc|libm|libdl|libpthread|libstdc\+\+|libgcc_s|ld-linux-(x86-64|aarch64))$/
      assert.deepEqual(
        libraries.filter((library) => !everywhere.test(library)),
        [],
      )
      const versions = [...file.toString('latin1').matchAll(/\0GLIBC_2\.(\d+)(?=[.\0])/g)]
      assert.ok(Math.max(...versions.map(([, minor]) => Number(minor))) <= 28)
    })
  }
})

describe('anywhere', () => {
  test('in an empty read-only directory, with nothing in the environment', () => {
    const empty = join(work, 'empty')
    mkdirSync(empty)
    chmodSync(empty, 0o555)
    const { status, stdout, stderr } = spawnSync(binary, ['version', '--json'], {
      cwd: empty,
      env: { PATH: '' },
      encoding: 'utf8',
    })
    assert.deepEqual([status, stderr], [0, ''])
    const versions = JSON.parse(stdout)
    assert.equal(versions.form, 'single binary')
    assert.equal(versions.commit, toldCommit)
  })

  test('NODE_OPTIONS does not reach it', () => {
    const { status } = spawnSync(binary, ['--version'], { env: { NODE_OPTIONS: '--no-such-option' } })
    assert.equal(status, 0)
  })

  test('its licences are inside: Node’s, ours, and those of the packages', () => {
    const text = execFileSync(binary, ['licenses'], { encoding: 'utf8', maxBuffer: 1e8 })
    for (const part of [
      /^emf-pxe: Apache-2\.0$/m,
      /^Node\.js \d+/m,
      /^@oclif\/core \S+: MIT$/m,
      /^zod \S+: MIT$/m,
    ])
      assert.match(text, part)
  })

  test('every error page is inside', () => {
    const { stdout } = spawnSync(binary, ['explain', 'USAGE'], { encoding: 'utf8' })
    assert.match(stdout, /was not understood/)
  })

  test('serve starts and drains, without a word on stderr', async () => {
    assert.deepEqual(await serveOnce([binary], work), { code: 0, stderr: '' })
  })
})

describe('with no more than the C and C++ libraries', {
  skip: missing('root', 'chroot:coreutils', 'ldd:libc-bin'),
}, () => {
  const tree = join(work, 'tree')
  const inside = [`--userspec=${stranger}:${stranger}`, tree, '/emf-pxe']
  const chroot = findProgram('chroot') ?? 'chroot'

  before(() => makeTree(tree))

  test('a stranger without home, shell or passwd entry sees the version', () => {
    const { status, stdout, stderr } = spawnSync(chroot, [...inside, 'version'], {
      env: {},
      encoding: 'utf8',
    })
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /single binary, linux-x64/)
  })

  test('errors are errors, not stack traces', () => {
    const { status, stderr } = spawnSync(chroot, [...inside, 'serve'], { env: {}, encoding: 'utf8' })
    assert.equal(status, 4)
    assert.match(stderr, /CONFIG_MISSING/)
  })

  test('serve starts and drains', async () => {
    assert.deepEqual(await serveOnce([chroot, ...inside], tree, '/'), { code: 0, stderr: '' })
  })
})

describe('on the libraries of Debian 11, five years older than the build', {
  skip: missing('root', 'chroot:coreutils', 'apt-get:apt', 'dpkg:dpkg'),
}, () => {
  const tree = join(work, 'old')
  const command = [findProgram('chroot') ?? 'chroot', `--userspec=${stranger}:${stranger}`, tree, '/emf-pxe']

  before(() => makeOldTree(tree))

  test('it runs on glibc 2.31', () => {
    const libc = readFileSync(join(tree, 'lib/x86_64-linux-gnu/libc.so.6')).toString('latin1')
    assert.match(libc, /stable release version 2\.31\./)
    const [program = '', ...words] = command
    const { status, stdout, stderr } = spawnSync(program, [...words, 'version'], {
      env: {},
      encoding: 'utf8',
    })
    assert.deepEqual([status, stderr], [0, ''])
    assert.match(stdout, /single binary, linux-x64/)
  })

  test('serve starts and drains: its calls into the C library work there', async () => {
    assert.deepEqual(await serveOnce(command, tree, '/'), { code: 0, stderr: '' })
  })
})

describe('on arm64', {
  skip: missing(
    'qemu-aarch64-static:qemu-user-static',
    '/usr/aarch64-linux-gnu/lib/libstdc++.so.6:libstdc++6-arm64-cross',
  ),
}, () => {
  const qemu = ['-L', '/usr/aarch64-linux-gnu', arm64Binary]

  test('the version', () => {
    const stdout = execFileSync('qemu-aarch64-static', [...qemu, 'version'], { encoding: 'utf8' })
    assert.match(stdout, /single binary, linux-arm64/)
  })

  test('it finds its files', () => {
    const text = execFileSync('qemu-aarch64-static', [...qemu, 'explain', 'PXE-E16'], { encoding: 'utf8' })
    assert.match(text, /No usable offer/)
  })
})

function sha256(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** Copies the binary and the shared libraries that it names, nothing else. */
function makeTree(tree: string): void {
  const libraries = execFileSync('ldd', [binary], { encoding: 'utf8' }).match(/\/[^\s]+(?= \()/g) ?? []
  for (const library of libraries) {
    mkdirSync(join(tree, dirname(library)), { recursive: true })
    copyFileSync(library, join(tree, library))
  }
  copyFileSync(binary, join(tree, 'emf-pxe'))
}

/** The binary, and the C and C++ libraries of the oldest Debian whose mirror is still there. */
function makeOldTree(tree: string): void {
  for (const name of ['libc6', 'libgcc-s1', 'libstdc++6'])
    cpSync(unpackedPackage(name, 'bullseye'), tree, { recursive: true, verbatimSymlinks: true })
  copyFileSync(binary, join(tree, 'emf-pxe'))
}

/** Runs `serve` on loopback until it has started, then asks it to end. */
async function serveOnce(command: readonly string[], directory: string, seenAs = directory) {
  const names = { config: 'config.yaml', state: 'state' }
  mkdirSync(join(directory, names.state), { recursive: true })
  chmodSync(join(directory, names.state), 0o700)
  if (seenAs === '/') chownSync(join(directory, names.state), stranger, stranger)
  writeFileSync(
    join(directory, names.config),
    [
      'interfaces: [{ name: lo }]',
      'orchestrator: { fqdn: edge.lab.test }',
      'ports: { dhcp: 20067, bootServer: 24011, tftp: 20069, dhcpClient: 20068 }',
      'artifact: { refreshMinutes: 0 }',
    ].join('\n'),
  )
  const [program = '', ...args] = command
  const places = ['--config', join(seenAs, names.config), '--state-dir', join(seenAs, names.state)]
  const child = spawn(program, [...args, 'serve', ...places], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  child.stdout.on('data', (chunk) => {
    if (String(chunk).includes('service.started')) child.kill('SIGTERM')
  })
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  return { code, stderr }
}
