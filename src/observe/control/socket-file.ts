import { chmodSync, lstatSync, rmSync, statSync } from 'node:fs'
import { createConnection } from 'node:net'
import { dirname } from 'node:path'
import { makeDirectory } from '../../config/make-directory.ts'

/** `sun_path` of `struct sockaddr_un`, less the NUL; the kernel's own message says nothing of it. */
const longestPath = 107
const groupAndOthersWrite = 0o022
/** A service that is there takes a connection at once. */
const answersWithinMs = 2_000

/**
 * Makes `path` free for a new socket. Throws a sentence when it must not be used: the directory could
 * be written by others, something else lies there, or another service answers on it.
 */
export async function clearSocketPath(path: string): Promise<void> {
  if (Buffer.byteLength(path) > longestPath)
    throw new Error(`${path} is longer than the ${longestPath} bytes that a socket’s name may have`)
  checkDirectory(dirname(path))
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there === undefined) return
  if (!there.isSocket()) throw new Error(`${path} is in the way, and is no socket`)
  if (await somebodyAnswers(path)) throw new Error(`another emf-pxe answers on ${path}`)
  rmSync(path)
}

/** Owner and group may connect; others may not. */
export function protectSocket(path: string): void {
  chmodSync(path, 0o660)
}

/** Who can write the directory can put a socket of their own in place of ours. */
function checkDirectory(directory: string): void {
  makeDirectory(directory)
  const { uid, mode } = statSync(directory)
  const mine = uid === process.getuid?.() || uid === 0
  if (!mine) throw new Error(`${directory} belongs to another user (${uid})`)
  if ((mode & groupAndOthersWrite) !== 0)
    throw new Error(`${directory} can be written by others (mode ${(mode & 0o7777).toString(8)})`)
}

function somebodyAnswers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path, timeout: answersWithinMs })
    const settle = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.on('connect', () => settle(true))
    // Full of waiting connections: somebody is there, and busy.
    socket.on('timeout', () => settle(true))
    socket.on('error', (error: NodeJS.ErrnoException) => settle(error.code === 'EAGAIN'))
  })
}
