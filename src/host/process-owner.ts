/** What started a process, as its control group tells. */
export interface ProcessOwner {
  /** systemd unit, such as `dnsmasq.service`; undefined for a login session or a container. */
  readonly unit: string | undefined
  /** Engine and short id, such as `docker 3f9c0a1b2c3d`. */
  readonly container: { readonly engine: string; readonly id: string } | undefined
}

/** Reads `/proc/PID/cgroup`, version 1 or 2. */
export function parseControlGroup(text: string): ProcessOwner {
  const paths = text
    .split('\n')
    .map((line) => line.split(':').slice(2).join(':'))
    .filter((path) => path !== '' && path !== '/')
  const container = paths.map(containerOf).find((found) => found !== undefined)
  const unit = container === undefined ? paths.map(unitOf).find((found) => found !== undefined) : undefined
  return { unit, container }
}

const engines: readonly (readonly [RegExp, string])[] = [
  [/kubepods/, 'kubernetes'],
  [/docker/, 'docker'],
  [/libpod/, 'podman'],
  [/containerd/, 'containerd'],
  [/lxc/, 'lxc'],
]

function containerOf(path: string): ProcessOwner['container'] {
  const id = /(?:^|[/:-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(path)?.[1]
  const name = id ?? /\/lxc(?:\.payload)?[./]([\w.-]+)/.exec(path)?.[1]
  if (name === undefined) return undefined
  const engine = engines.find(([pattern]) => pattern.test(path))?.[1] ?? 'container'
  return { engine, id: id === undefined ? name : id.slice(0, 12) }
}

/** The innermost `.service` of the path; user sessions and scopes are no units to stop. */
function unitOf(path: string): string | undefined {
  const services = path.split('/').filter((part) => part.endsWith('.service'))
  const unit = services.at(-1)
  return unit === undefined || /^user@\d+\.service$/.test(unit) ? undefined : unescapeUnit(unit)
}

/** systemd writes odd characters of a unit's name as `\x2d`. */
function unescapeUnit(name: string): string {
  return name.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
