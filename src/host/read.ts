import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Text of a small file of /proc or /sys; undefined when it is not there, not ours to read, or gone meanwhile. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Names in a directory, or none when it cannot be read. */
export function readNames(path: string): string[] {
  try {
    return readdirSync(path)
  } catch {
    return []
  }
}

/** Target of a symbolic link, or undefined. */
export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
