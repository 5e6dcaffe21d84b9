/**
 * The picture of `docs/architecture.md` as a table: which room of `src/` may import which.
 * `room:types` allows `import type` alone. Adding an arrow is a design decision: draw it in the
 * document too, and keep it free of circles.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  wire: [],
  net: ['errors', 'wire', 'host'],
  proxydhcp: ['wire', 'net:types'],
  events: ['proxydhcp', 'net:types'],
  config: ['errors'],
  ui: ['errors'],
  tftp: ['wire', 'net', 'errors', 'events:types'],
  host: ['errors', 'ui', 'config'],
  orchestrator: ['errors', 'ui', 'config'],
  artifact: ['errors', 'ui', 'config', 'events', 'orchestrator', 'proxydhcp', 'wire', 'net:types'],
  nodes: ['errors', 'ui', 'config', 'wire', 'events', 'orchestrator'],
  observe: ['errors', 'ui', 'config', 'events', 'proxydhcp', 'artifact:types', 'net:types'],
  engine: [
    'errors',
    'ui',
    'config',
    'events',
    'net',
    'proxydhcp',
    'tftp',
    'wire',
    'artifact',
    'host',
    'observe',
    'nodes:types',
  ],
  service: [
    'probe',
    'errors',
    'ui',
    'config',
    'events',
    'host',
    'net',
    'proxydhcp',
    'engine',
    'artifact',
    'orchestrator',
    'nodes',
    'observe',
  ],
  node: ['errors', 'wire', 'net', 'tftp', 'proxydhcp'],
  probe: ['errors', 'ui', 'config', 'host', 'net', 'wire', 'tftp', 'proxydhcp', 'node', 'artifact'],
  checks: [
    'probe',
    'deploy',
    'errors',
    'ui',
    'config',
    'events',
    'host',
    'net',
    'wire',
    'proxydhcp',
    'artifact',
    'orchestrator',
    'node',
    'nodes',
    'observe',
  ],
  deploy: ['errors', 'ui', 'config', 'host', 'orchestrator', 'artifact', 'cli/assets'],
  demo: [
    'service',
    'errors',
    'ui',
    'config',
    'events',
    'engine',
    'net',
    'node',
    'nodes',
    'wire',
    'proxydhcp',
    'artifact',
    'orchestrator',
    'observe',
    'cli/assets',
  ],
  wizard: [
    'errors',
    'ui',
    'config',
    'host',
    'net',
    'node',
    'probe',
    'service',
    'orchestrator',
    'artifact',
    'deploy',
    'nodes',
  ],
  cli: ['errors', 'ui', 'config', 'host'],
}

/** Bytes and values in, bytes and values out: no sockets, files, clocks, randomness or logs. */
export const pureFiles: readonly RegExp[] = [
  /^src\/wire\//,
  /^src\/proxydhcp\//,
  /^src\/tftp\/session/,
  /^src\/events\/(fold|story)/,
  /^src\/deploy\/(render|plan)/,
]
export const impurePackages =
  /^node:(fs|dgram|net|tls|http|https|http2|dns|child_process|worker_threads|cluster|timers|os|ffi|sqlite|readline|tty|process)(\/|$)|^(execa|inquirer|ora|systeminformation|prom-client)$/
/** Values that a pure file must be given instead. */
export const impureWords =
  /\b(?:Date\.now|new Date\(\)|performance\.now|Math\.random|setTimeout|setInterval|process\.\w+|console\.\w+)/

/** Packages that one room hides from the others, so that they can be replaced in one place. */
export const packageOwners: Readonly<Record<string, readonly string[]>> = {
  'node:dgram': ['net'],
  'node:ffi': ['host'],
  'node:sqlite': ['events', 'observe', 'artifact'],
  '@oclif/core': ['cli'],
  inquirer: ['ui'],
  ora: ['ui'],
  systeminformation: ['host'],
  'prom-client': ['observe'],
  yaml: ['config', 'deploy', 'nodes', 'demo'],
  execa: ['host', 'deploy', 'checks'],
}

/** Too heavy to load before they are needed: `serve` and `--version` start without them. */
export const heavyPackages: readonly string[] = [
  'inquirer',
  'ora',
  'systeminformation',
  'execa',
  'pkijs',
  'asn1js',
  'prom-client',
]

/** Longest file of `src/` and `commands/`, in lines; tables of data may be longer. */
export const longestFileLines = 300
export const longestCommandLines = 80
export const dataTables: readonly string[] = ['src/errors/pxe-codes.ts']

/** The one place that finds files beside the program; everything else asks it. */
export const assetDoor = 'src/cli/assets.ts'
