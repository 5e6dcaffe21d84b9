import { copyFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DockerMachine } from '../docker-machine.ts'

/**
 * Archives of the images that a node has: emf-pxe's, built by the Dockerfile that `emf-pxe render
 * docker` writes, and the one of every pod's first process, a busybox that sleeps.
 *
 * @param binary the single binary.
 */
export async function buildImages(
  binary: string,
  directory: string,
  namespace: string,
  resolver: string,
): Promise<readonly string[]> {
  const docker = await DockerMachine.start(namespace, resolver)
  const must = (...words: readonly string[]) => {
    const { code, all } = docker.run(...words)
    if (code !== 0) throw new Error(`${words.join(' ')}: ${all}`)
  }
  try {
    mkdirSync(join(directory, 'image'), { recursive: true })
    copyFileSync(binary, join(directory, 'image/emf-pxe'))
    must(binary, 'render', 'docker', ...sample, '--output', join(directory, 'image'))
    must('docker', 'build', '--tag', 'emf-pxe:0.1.0', join(directory, 'image'))
    must('sh', '-c', `tar -C /bin -c busybox | docker import ${sleeps} - pause:lab`)
    const archives = ['emf-pxe:0.1.0', 'pause:lab'].map((image) => ({
      image,
      path: join(directory, `${image.split(':')[0]}.tar`),
    }))
    for (const { image, path } of archives) must('docker', 'save', '--output', path, image)
    return archives.map(({ path }) => path)
  } finally {
    await docker.close()
  }
}

/** The Dockerfile is the same for every site. */
const sample = ['--interface', 'e0', '--orchestrator', 'edge.example.com']
const sleeps = `--change 'ENTRYPOINT ["/busybox", "sleep", "2147483647"]'`
