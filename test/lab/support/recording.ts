import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { displayWidth } from '../../../src/ui/text.ts'

export interface Frame {
  /** Since the recording began. */
  readonly atMs: number
  readonly text: string
}

/** Every change of the screen that `script` recorded in `directory`, each with its time. */
export function framesOf(directory: string): Frame[] {
  const bytes = readFileSync(join(directory, 'screen'))
  // `script` puts a line of its own before what it records.
  let at = bytes.indexOf('\n') + 1
  let atMs = 0
  const frames: Frame[] = []
  let pending = ''
  for (const line of readFileSync(join(directory, 'timing'), 'utf8').trim().split('\n')) {
    const [seconds = 0, count = 0] = line.split(' ').map(Number)
    atMs += seconds * 1000
    pending += bytes.toString('latin1', at, at + count)
    at += count
    for (let end = pending.indexOf(updateEnd); end >= 0; end = pending.indexOf(updateEnd)) {
      frames.push({ atMs, text: Buffer.from(pending.slice(0, end), 'latin1').toString('utf8') })
      pending = pending.slice(end + updateEnd.length)
    }
  }
  return frames
}

const updateEnd = '\x1b[?2026l'

/** Lines of a frame that would not fit: those wrap, and push the others out of their places. */
export function tooWide(frame: Frame, columns: number): string[] {
  // Each line of a frame ends by wiping what stood behind it.
  const lines = frame.text.split('\x1b[K').map(stripVTControlCharacters)
  return lines.filter((line) => displayWidth(line) > columns)
}

/** Longest pause between two frames. */
export function longestPauseMs(frames: readonly Frame[]): number {
  return Math.max(0, ...frames.slice(1).map(({ atMs }, index) => atMs - (frames[index]?.atMs ?? atMs)))
}
