/** The same units and words as in the terminal (src/ui/units.ts). */
export function bytes(size) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = size
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`
}

export function duration(ms) {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`
  if (ms < 9950) return `${(ms / 1000).toFixed(1)} s`
  if (ms < 59_500) return `${Math.round(ms / 1000)} s`
  if (ms < 3_570_000) return `${Math.round(ms / 60_000)} min`
  if (ms < 86_400_000) return `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`
  return `${Math.floor(ms / 86_400_000)} d ${Math.floor((ms % 86_400_000) / 3_600_000)} h`
}

export function clock(atMs) {
  return new Date(atMs).toTimeString().slice(0, 8)
}

export function rate(bytesPerSecond) {
  return bytesPerSecond === undefined ? '' : `${bytes(bytesPerSecond)}/s`
}

const stages = {
  refused: 'not answered',
  offered: 'was offered a boot file',
  'asked-boot-server': 'asked the boot server',
  probed: 'asked for the size',
  fetching: 'downloads',
  fetched: 'has its boot file',
  'ipxe-started': 'runs iPXE',
  'ipxe-addressed': 'went on to the orchestrator',
  'system-started': 'runs its system',
}

export function stage(story) {
  return stages[story.stage] ?? story.stage
}

/** One sentence: what became of a boot. */
export function standing(story) {
  if (story.diagnosis && story.outcome !== 'booted') return story.diagnosis.sentence
  const { transfer } = story
  const delivered =
    transfer?.durationMs === undefined
      ? ''
      : ` (${bytes(transfer.totalBytes)} in ${duration(transfer.durationMs)}${story.bytesPerSecond ? `, ${rate(story.bytesPerSecond)}` : ''})`
  return stage(story) + delivered + (story.outcome === 'quiet' ? ', then silence' : '')
}
