import { debianTree } from './debian-tree.ts'
import { OwnMachine } from './own-machine.ts'
import type { Answer } from './systemd-machine.ts'

/** A machine with a real Docker daemon. */
export class DockerMachine {
  readonly machine: OwnMachine

  private constructor(machine: OwnMachine) {
    this.machine = machine
  }

  static async start(namespace: string, resolver: string): Promise<DockerMachine> {
    const machine = await OwnMachine.start(namespace, resolver)
    const place = machine.directory
    await machine.daemon(
      'dockerd',
      [
        ...['dockerd', '--iptables=false', '--bridge=none', `--host=unix://${place}/docker.sock`],
        ...[
          `--data-root=${place}/docker`,
          `--exec-root=${place}/docker-run`,
          `--pidfile=${place}/docker.pid`,
        ],
      ],
      /API listen on/,
    )
    const docker = new DockerMachine(machine)
    docker.#importBase()
    return docker
  }

  /** No image can be pulled here: a Debian of our own takes the name that the Dockerfile begins with. */
  #importBase(): void {
    const { code, all } = this.run(
      'sh',
      '-c',
      `tar -C ${debianTree()} -c . | docker import - debian:bookworm-slim`,
    )
    if (code !== 0) throw new Error(`docker import failed: ${all}`)
  }

  run(...words: readonly string[]): Answer {
    return this.machine.run(words, { DOCKER_HOST: `unix://${this.machine.directory}/docker.sock` })
  }

  /** One field of the container, by Docker's template language. */
  inspect(format: string): string {
    return this.run('docker', 'inspect', '--format', format, 'emf-pxe').out.trim()
  }

  async until(condition: () => boolean, what: string, timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs
    while (!condition()) {
      if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms\n${this.log()}`)
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  log(): string {
    return this.run('docker', 'logs', 'emf-pxe').all
  }

  async close(): Promise<void> {
    this.run('sh', '-c', 'docker ps --all --quiet | xargs --no-run-if-empty docker rm --force')
    await this.machine.close()
  }
}
