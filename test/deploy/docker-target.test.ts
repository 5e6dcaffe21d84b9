import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { install } from '../../src/deploy/install.ts'
import { programFile } from '../../src/deploy/program-file.ts'
import { planRemoval, remove } from '../../src/deploy/uninstall.ts'
import type { RenderValues } from '../../src/deploy/values.ts'
import { type Answer, Machine } from './machine.ts'
import { readTemplate, sampleValues } from './support.ts'

const asRoot = { skip: process.getuid?.() === 0 ? false : 'needs root (run it with sudo)' } as const

/** A little Docker: containers by name, images by name. */
class Docker {
  readonly containers = new Map<string, { image: string; running: boolean }>()
  readonly images = new Set<string>()
  /** What the image that was built last is made of. */
  recipe = ''
  /** Images without a name that builds have left. */
  stages = 0
  /** How `health` inside the container ends. */
  health = 0

  readonly answer: Answer = ([program, verb, ...rest]) => {
    if (program !== 'docker') return undefined
    const name = rest.at(-1) ?? ''
    switch (verb) {
      case 'inspect':
        return this.#inspect(name, rest)
      case 'image':
        return this.#image(rest)
      case 'build':
        this.images.add(rest[rest.indexOf('--tag') + 1] ?? '')
        this.recipe = /--label=emf-pxe\.recipe=(\S+)/.exec(rest.join(' '))?.[1] ?? ''
        this.stages = 1
        return {}
      case 'run':
        this.containers.set('emf-pxe', { image: name, running: true })
        return {}
      case 'rename':
        return this.#rename(rest[0] ?? '', name)
      case 'stop':
      case 'start':
        this.#container(name).running = verb === 'start'
        return {}
      case 'rm':
        return this.containers.delete(name) ? {} : { exitCode: 1 }
      case 'exec':
        return { exitCode: this.health, output: 'not ready (starting)' }
      default:
        return {}
    }
  }

  #container(name: string) {
    const container = this.containers.get(name)
    assert.ok(container, `there is no container ${name}`)
    return container
  }

  #inspect(name: string, words: readonly string[]) {
    const container = this.containers.get(name)
    if (container === undefined) return { exitCode: 1 }
    if (words.join(' ').includes('Status')) return { stdout: container.running ? 'running' : 'exited' }
    return { stdout: `${container.running} ${container.image}` }
  }

  #image([verb, ...rest]: readonly string[]) {
    const name = rest.at(-1) ?? ''
    if (verb === 'prune') return this.#prune(name)
    if (verb === 'rm') return this.images.delete(name) ? {} : { exitCode: 1 }
    return this.images.has(name) ? { stdout: this.recipe } : { exitCode: 1 }
  }

  #prune(filter: string) {
    const label = /^LABEL (.+)$/m.exec(readTemplate('docker/Dockerfile'))?.[1]
    if (filter === `label=${label}`) this.stages = 0
    return {}
  }

  #rename(from: string, to: string) {
    this.containers.set(to, this.#container(from))
    this.containers.delete(from)
    return {}
  }
}

async function machineWithDocker(t: TestContext, content = 'program') {
  const machine = new Machine(t)
  const docker = new Docker()
  machine.answers.push(docker.answer, ([program, , path]) => {
    if (program === 'mkdir') mkdirSync(join(machine.root, path ?? ''), { recursive: true })
    return undefined
  })
  const file = join(machine.root, 'tmp', 'emf-pxe')
  writeFileSync(file, content)
  const options = async () => machine.options({ program: await programFile(file) })
  return { machine, docker, file, options }
}

const version = (number: string): RenderValues => ({ ...sampleValues, version: number })

describe('installing for Docker', asRoot, () => {
  test('builds, starts, asks the service itself; a second run changes nothing', async (t) => {
    const { machine, docker, options } = await machineWithDocker(t)
    await install('docker', sampleValues, await options())
    assert.deepEqual([...docker.containers], [['emf-pxe', { image: 'emf-pxe:0.1.0', running: true }]])
    assert.ok(machine.commands.some((command) => command.startsWith('docker exec emf-pxe ')))
    assert.equal(docker.stages, 0, 'the stage that granted the ports is not left behind')
    assert.equal((await install('docker', sampleValues, await options())).changed, false)
  })

  test('a base image that must be pulled is announced, one that is here is not', async (t) => {
    const { machine, docker, options } = await machineWithDocker(t)
    const dryRun = async () => {
      await install('docker', sampleValues, { ...(await options()), dryRun: true })
      return machine.screen()
    }
    const base = /^FROM (\S+)/m.exec(readTemplate('docker/Dockerfile'))?.[1] ?? ''
    assert.match(await dryRun(), new RegExp(`built on ${base}, which Docker will pull[\\s\\S]*docker load`))
    docker.images.add(base)
    assert.doesNotMatch(await dryRun(), /docker load/)
  })

  test('an image that was carried here is not built again, survives a failure, and goes with the rest', async (t) => {
    const first = await machineWithDocker(t)
    await install('docker', sampleValues, await first.options())
    const { machine, docker, options } = await machineWithDocker(t)
    docker.images.add('emf-pxe:0.1.0')
    docker.recipe = first.docker.recipe
    machine.answers.unshift(([, verb]) => (verb === 'run' ? { exitCode: 125 } : undefined))
    await assert.rejects(install('docker', sampleValues, await options()), { code: 'DEPLOY_STEP_FAILED' })
    assert.deepEqual([...docker.images], ['emf-pxe:0.1.0'])

    machine.answers.shift()
    await install('docker', sampleValues, await options())
    assert.ok(!machine.commands.some((command) => command.startsWith('docker build')))
    assert.doesNotMatch(machine.screen(), /will pull/)
    const removal = await planRemoval(machine.host, sampleValues.paths.configFile, true)
    await remove(removal, machine.host, { done: () => {}, warned: (text) => assert.fail(text) })
    assert.deepEqual([...docker.images], [])
  })

  test('an image of the same version made of another program is built anew', async (t) => {
    const { machine, docker, options } = await machineWithDocker(t)
    docker.images.add('emf-pxe:0.1.0')
    docker.recipe = 'of another program'
    await install('docker', sampleValues, await options())
    assert.ok(machine.commands.some((command) => command.startsWith('docker build')))
  })

  test('an upgrade replaces container and image', async (t) => {
    const { docker, file, options } = await machineWithDocker(t)
    await install('docker', sampleValues, await options())
    writeFileSync(file, 'newer')
    await install('docker', version('0.2.0'), await options())
    assert.deepEqual([...docker.containers], [['emf-pxe', { image: 'emf-pxe:0.2.0', running: true }]])
    assert.deepEqual([...docker.images], ['emf-pxe:0.2.0'])
  })

  test('an upgrade that does not serve brings the container of before back', async (t) => {
    const { machine, docker, file, options } = await machineWithDocker(t)
    await install('docker', sampleValues, await options())
    writeFileSync(file, 'newer')
    docker.health = 3
    // The new container ends at once; the old one must not.
    machine.answers.unshift(([, verb, ...rest]) =>
      verb === 'inspect' && rest.join(' ').includes('Status') ? { stdout: 'exited' } : undefined,
    )
    await assert.rejects(install('docker', version('0.2.0'), await options()), {
      code: 'DEPLOY_NOT_HEALTHY',
      message: /it does not stay up/,
    })
    assert.deepEqual([...docker.containers], [['emf-pxe', { image: 'emf-pxe:0.1.0', running: true }]])
    assert.deepEqual([...docker.images], ['emf-pxe:0.1.0'])
    assert.equal(machine.read('/usr/local/bin/emf-pxe'), 'program')
  })

  test('uninstalling removes container and image', async (t) => {
    const { machine, docker, options } = await machineWithDocker(t)
    const before = machine.snapshot()
    await install('docker', sampleValues, await options())
    const removal = await planRemoval(machine.host, sampleValues.paths.configFile, true)
    await remove(removal, machine.host, { done: () => {}, warned: (text) => assert.fail(text) })
    assert.deepEqual([[...docker.containers], [...docker.images]], [[], []])
    assert.deepEqual(machine.snapshot(), before)
  })

  test('needs the single binary, and a daemon that answers', async (t) => {
    const { machine, options } = await machineWithDocker(t)
    await assert.rejects(install('docker', sampleValues, machine.options()), { code: 'DEPLOY_BINARY_NEEDED' })
    machine.answers.unshift(([, verb]) =>
      verb === 'version' ? { exitCode: 1, output: 'Cannot connect to the Docker daemon' } : undefined,
    )
    await assert.rejects(install('docker', sampleValues, await options()), {
      code: 'DEPLOY_TOOL_MISSING',
      message: /Cannot connect to the Docker daemon/,
    })
  })
})
