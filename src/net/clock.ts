import type { Clock } from './datagram.ts'

/** The process's monotonic clock. Its timers keep the process alive until they run or are cancelled. */
export const systemClock: Clock = {
  now: () => performance.now(),
  schedule: (delayMs, task) => {
    const timer = setTimeout(task, delayMs)
    return () => clearTimeout(timer)
  },
}
