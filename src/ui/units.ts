const sizeUnits = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const

/** `1 byte`, `812 bytes`, `1.1 MB`: decimal units, as network tools count. */
export function formatBytes(sizeBytes: number): string {
  let value = Math.max(0, sizeBytes)
  let unit = 0
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  if (unit === 0) return `${Math.round(value)} ${Math.round(value) === 1 ? 'byte' : 'bytes'}`
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${sizeUnits[unit]}`
}

/** `1.1 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** `7 ms`, `1.4 s`, `42 s`, `3 min 5 s`, `2 h 10 min`, `4 d 2 h`: at most two units. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs)
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 9_950) return `${(ms / second).toFixed(1)} s`
  if (ms < 59_500) return `${Math.round(ms / second)} s`
  if (ms < hour) return twoUnits(ms, minute, 'min', second, 's')
  if (ms < day) return twoUnits(ms, hour, 'h', minute, 'min')
  return twoUnits(ms, day, 'd', hour, 'h')
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const total = Math.round(ms / small)
  const perLarge = large / small
  const rest = total % perLarge
  const whole = `${Math.floor(total / perLarge)} ${largeName}`
  return rest === 0 ? whole : `${whole} ${rest} ${smallName}`
}

/** `just now`, `12 min ago`, `3 h ago`, `41 days ago`; the future reads `in 3 h`. */
export function formatAge(atMs: number, nowMs: number): string {
  const distance = Math.abs(nowMs - atMs)
  if (distance < 10 * second) return 'just now'
  const words = coarseDuration(distance)
  return atMs <= nowMs ? `${words} ago` : `in ${words}`
}

function coarseDuration(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`
  return `${Math.floor(ms / day)} days`
}

/** Local wall-clock time, sortable: `2026-03-01 09:05:07`. */
export function formatTime(atMs: number): string {
  const date = new Date(atMs)
  const two = (value: number) => String(value).padStart(2, '0')
  const days = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${days} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `1 node`, `3 nodes`; irregular plurals are given. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
