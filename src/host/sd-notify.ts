import { openCLibrary } from './c-library.ts'

const AF_UNIX = 1
const SOCK_DGRAM = 2
const SOCK_CLOEXEC = 0o2000000
const MSG_NOSIGNAL = 0x4000
/** `sun_path` of `struct sockaddr_un`. */
const longestPath = 107

/** Tells a service manager how the program fares (sd_notify(3)); without one, nothing happens. */
export interface Notifier {
  /** Startup is over. From now on the watchdog is fed while the event loop turns. */
  ready(status: string): void
  /** One line for `systemctl status`. */
  status(text: string): void
  stopping(): void
  close(): void
}

type Environment = Readonly<Record<string, string | undefined>>

export interface NotifierParts {
  /** Sends one datagram to the manager's socket. */
  readonly send: (text: string) => void
  /** Calls back for ever; the returned function ends it. */
  readonly every: (periodMs: number, task: () => void) => () => void
}

/**
 * Reads NOTIFY_SOCKET and WATCHDOG_USEC, which systemd sets for `Type=notify` and `WatchdogSec=`.
 *
 * @param parts given by tests; else a datagram socket of the kernel's, through `node:ffi`, as Node
 *   itself has no datagram sockets in the file system.
 */
export function createNotifier(environment: Environment, parts?: NotifierParts): Notifier {
  const path = environment.NOTIFY_SOCKET
  const { send, every } = parts ?? { send: path === undefined ? undefined : openSender(path), every: repeat }
  if (path === undefined || send === undefined) return silent
  let stopFeeding = () => {}
  return {
    ready(status) {
      send(`READY=1\nSTATUS=${oneLine(status)}`)
      const periodMs = watchdogPeriodMs(environment)
      if (periodMs !== undefined) stopFeeding = every(periodMs, () => send('WATCHDOG=1'))
    },
    status: (text) => send(`STATUS=${oneLine(text)}`),
    stopping: () => send('STOPPING=1'),
    close: () => stopFeeding(),
  }
}

const silent: Notifier = { ready: () => {}, status: () => {}, stopping: () => {}, close: () => {} }

/** A third of the limit, so that one late turn of the loop is no hang; undefined when nobody watches. */
function watchdogPeriodMs({ WATCHDOG_USEC, WATCHDOG_PID }: Environment): number | undefined {
  const limitMs = Number(WATCHDOG_USEC) / 1000
  const ours = WATCHDOG_PID === undefined || WATCHDOG_PID === String(process.pid)
  return ours && limitMs > 0 ? Math.max(1, Math.floor(limitMs / 3)) : undefined
}

/** A line break would begin a field of its own. */
function oneLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ')
}

function repeat(periodMs: number, task: () => void): () => void {
  const timer = setInterval(task, periodMs).unref()
  return () => clearInterval(timer)
}

/** Undefined where the C library cannot be called, or the path is no socket address. */
function openSender(path: string): ((text: string) => void) | undefined {
  const address = socketAddress(path)
  const library = openCLibrary({
    socket: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
    sendto: { arguments: ['int32', 'buffer', 'uint64', 'int32', 'buffer', 'uint32'], return: 'int64' },
  })
  if (library === undefined || address === undefined) return undefined
  const { functions } = library
  const descriptor = functions.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)
  if (descriptor < 0) return undefined
  return (text) => {
    const bytes = Buffer.from(text)
    // A manager that is gone cannot be told so; the program serves on.
    functions.sendto(descriptor, bytes, BigInt(bytes.length), MSG_NOSIGNAL, address, address.length)
  }
}

/** `struct sockaddr_un`: family, then the path; a leading `@` stands for the NUL of an abstract address. */
function socketAddress(path: string): Buffer | undefined {
  const name = Buffer.from(path.startsWith('@') ? `\0${path.slice(1)}` : path)
  if (name.length > longestPath || !/^[/@]/.test(path)) return undefined
  const family = Buffer.alloc(2)
  family.writeUInt16LE(AF_UNIX)
  return Buffer.concat([family, name, ...(path.startsWith('@') ? [] : [Buffer.alloc(1)])])
}
