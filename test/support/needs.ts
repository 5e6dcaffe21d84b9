import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter } from 'node:path'

/** Something a deeper test cannot do without, and how to get it. */
export type Need = 'root' | 'namespaces' | `${string}:${string}`

/**
 * `test('…', { skip: missing('namespaces', 'dnsmasq:dnsmasq-base') }, …)`: false when all is there,
 * otherwise the sentence that names what is missing and how to get it. A need is `root`,
 * `namespaces`, or `program:debian-package`; an absolute path may stand for the program.
 * With EMF_PXE_SKIP_NOTHING=1 (continuous integration) a missing need is an error instead.
 */
export function missing(...needs: Need[]): string | false {
  const problems = needs.map(problemWith).filter((problem) => problem !== undefined)
  if (problems.length === 0) return false
  const sentence = `needs ${problems.join('; ')}`
  if (process.env.EMF_PXE_SKIP_NOTHING === '1')
    throw new Error(`this test may not be skipped here: ${sentence}`)
  return sentence
}

function problemWith(need: Need): string | undefined {
  if (need === 'root') return process.getuid?.() === 0 ? undefined : 'root (run it with sudo)'
  if (need === 'namespaces') return namespacesWork() ? undefined : 'network namespaces (root and iproute2)'
  const colon = need.lastIndexOf(':')
  const [program, debianPackage] = [need.slice(0, colon), need.slice(colon + 1)]
  return findProgram(program) === undefined ? `${program} (apt-get install ${debianPackage})` : undefined
}

/** Full path of a program, looked for in PATH and the system directories that a user's PATH leaves out. */
export function findProgram(program: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin']
  const candidates = program.startsWith('/')
    ? [program]
    : directories.map((directory) => `${directory}/${program}`)
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, program.startsWith('/') ? constants.R_OK : constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

let namespacesAnswer: boolean | undefined

function namespacesWork(): boolean {
  namespacesAnswer ??= tryNamespace()
  return namespacesAnswer
}

function tryNamespace(): boolean {
  if (process.getuid?.() !== 0 || findProgram('ip') === undefined) return false
  const name = `emfpxe-try-${process.pid}`
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'del', name], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
