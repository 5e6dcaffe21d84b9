import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Need } from '../support/needs.ts'

/** A TFTP client that nobody here wrote. */
export interface RealClient {
  readonly name: string
  readonly needs: readonly Need[]
  /** Fetches from 127.0.0.1 into a file; rejects when the client says that it failed. */
  fetch(port: number, file: string, into: string, patienceMs?: number): Promise<void>
}

const run = promisify(execFile)
const usualPatienceMs = 110_000

/** A program that takes its whole command on its command line. */
function program(
  name: string,
  needs: Need,
  command: (port: number, file: string, into: string) => string[],
): RealClient {
  return {
    name,
    needs: [needs],
    fetch: async (port, file, into, patienceMs = usualPatienceMs) => {
      const [path = '', ...args] = command(port, file, into)
      await run(path, args, { timeout: patienceMs })
    },
  }
}

const atftpWith =
  (...options: string[]) =>
  (port: number, file: string, into: string) => [
    'atftp',
    ...options.flatMap((option) => ['--option', option]),
    ...['--get', '--remote-file', file, '--local-file', into, '127.0.0.1', String(port)],
  ]
const curlWith =
  (...options: string[]) =>
  (port: number, file: string, into: string) => [
    'curl',
    ...['--silent', '--show-error', ...options, '--output', into, `tftp://127.0.0.1:${port}/${file}`],
  ]

export const lockStepClients: readonly RealClient[] = [
  program('tftp-hpa, octet', 'tftp:tftp-hpa', (port, file, into) => [
    ...['tftp', '-m', 'binary', '127.0.0.1', String(port), '-c', 'get', file, into],
  ]),
  program('atftp', 'atftp:atftp', atftpWith()),
  program('curl', 'curl:curl', curlWith()),
  npmClient('npm tftp, blocks of 512', { blockSize: 512, windowSize: 1 }),
]

export const otherClients: readonly RealClient[] = [
  program('tftp-hpa, netascii (its default)', 'tftp:tftp-hpa', (port, file, into) => [
    ...['tftp', '127.0.0.1', String(port), '-c', 'get', file, into],
  ]),
  program(
    'atftp, blksize 1468, tsize, timeout 1',
    'atftp:atftp',
    atftpWith('blksize 1468', 'tsize', 'timeout 1'),
  ),
  program('atftp, windowsize 8', 'atftp:atftp', atftpWith('blksize 1468', 'windowsize 8')),
  program('curl, blksize 1468', 'curl:curl', curlWith('--tftp-blksize', '1468')),
  program('curl without options', 'curl:curl', curlWith('--tftp-no-options')),
  npmClient('npm tftp, windowsize 4', { blockSize: 1468, windowSize: 4 }),
]

interface NpmTftp {
  createClient(options: object): { get(file: string, into: string, done: (error?: Error) => void): void }
}

function npmClient(name: string, options: { blockSize: number; windowSize: number }): RealClient {
  return {
    name,
    needs: [],
    fetch: async (port, file, into) => {
      const tftp: NpmTftp = createRequire(import.meta.url)('tftp')
      const client = tftp.createClient({ host: '127.0.0.1', port, retries: 10, timeout: 1000, ...options })
      await new Promise<void>((resolve, reject) => {
        client.get(file, into, (error) => (error ? reject(error) : resolve()))
      })
    },
  }
}

/** A directory for one test file, gone at its end. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-tftp-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  return directory
}
