import { basename } from 'node:path'
import { escapeText, truncate } from '../ui/text.ts'
import { type ProcessOwner, parseControlGroup } from './process-owner.ts'
import { readLink, readNames, readText } from './read.ts'

/** A process as an operator knows it; texts are printable. */
export interface ProcessFacts extends ProcessOwner {
  readonly pid: number
  /** Short name, such as `dnsmasq`. */
  readonly name: string
  /** Command line with its arguments; the name where the kernel shows none. */
  readonly command: string
}

const mostCommandColumns = 500

/** Facts of a process; undefined when it has ended. */
export function readProcess(pid: number): ProcessFacts | undefined {
  const threadName = readText(`/proc/${pid}/comm`)?.trim()
  if (threadName === undefined) return undefined
  const words = (readText(`/proc/${pid}/cmdline`) ?? '').split('\0').filter((word) => word !== '')
  const name = programName(threadName, words[0])
  return {
    pid,
    name: escapeText(name),
    command: truncate(escapeText(words.length > 0 ? words.join(' ') : name), mostCommandColumns),
    ...parseControlGroup(readText(`/proc/${pid}/cgroup`) ?? ''),
  }
}

/** Node calls its main thread `node-MainThread`, which hides the program that it is part of. */
function programName(threadName: string, firstWord: string | undefined): string {
  return threadName.endsWith('-MainThread') && firstWord !== undefined ? basename(firstWord) : threadName
}

/** Every process that can be seen from here. */
export function processIds(): number[] {
  return readNames('/proc').map(Number).filter(Number.isInteger)
}

/**
 * Which process holds each of these sockets, by inode; those of other users are only seen by root.
 * systemd keeps the sockets that it hands to services, so it is named when nobody else has them.
 */
export function findSocketProcesses(inodes: ReadonlySet<string>): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const systemLast = processIds().sort((one, other) => Number(one === 1) - Number(other === 1))
  for (const pid of systemLast) {
    for (const descriptor of readNames(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${descriptor}`) ?? '')?.[1]
      if (inode !== undefined && inodes.has(inode) && !found.has(inode)) found.set(inode, pid)
    }
    if (found.size === inodes.size) break
  }
  return found
}
