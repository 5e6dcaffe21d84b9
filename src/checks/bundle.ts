import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readLastCheck } from '../artifact/last-check.ts'
import { type TarEntry, tarGz } from '../deploy/tar.ts'
import { readNames, readText } from '../host/read.ts'
import { capture } from '../net/capture.ts'
import { readHistoryIfAllowed } from '../observe/history/reader.ts'
import { redact, Secret } from '../orchestrator/secret.ts'
import { formatBytes } from '../ui/units.ts'
import type { FinishedCheck } from './check.ts'
import { Facts, type FactsOptions } from './facts.ts'
import { statusReport } from './report.ts'

/** A week is long enough to see when it began. */
const historyMs = 7 * 86_400_000
const captureMs = 5000
const root = 'emf-pxe-report'

/** Writes the report, readable by its owner alone; returns a sentence about it. */
export async function writeBundle(
  file: string,
  checks: readonly FinishedCheck[],
  options: FactsOptions,
): Promise<string> {
  const bundle = await makeBundle(checks, new Facts(options))
  await writeFile(file, bundle, { mode: 0o600 })
  return `${file}, ${formatBytes(bundle.length)}: look through it before you pass it on.`
}

/**
 * What support wants to see, as a `.tar.gz`: results of the checks, configuration, log, history, NICs,
 * routes, firewall rules, and what a served NIC sent and received on the PXE ports in some seconds, in
 * which a node is played. Tokens, passwords and Authorization headers are replaced wherever they stand.
 */
async function makeBundle(checks: readonly FinishedCheck[], facts: Facts): Promise<Buffer> {
  const secrets = await knownSecrets(facts)
  const clean = (text: string) => redact(text, secrets)
  const { version, configFile, stateDirectory } = facts.options
  const texts: Record<string, string | undefined> = {
    'status.json': json({ schema: 'emf-pxe/status/1', ...statusReport(checks, version, facts.nowMs()) }),
    'config.yaml': await readFile(configFile, 'utf8').catch(() => undefined),
    'receipt.json': await readFile(join(configFile, '../receipt.json'), 'utf8').catch(() => undefined),
    'history.json': json(
      readHistoryIfAllowed(join(stateDirectory, 'history.db'), facts.nowMs() - historyMs, 2000) ??
        'not readable',
    ),
    'artifact-manifest.json': readText(join(stateDirectory, 'artifact/manifest.json')),
    'artifact-last-check.json': json(await readLastCheck(facts.store)),
    'state-directory.txt': await listing(stateDirectory),
    'nics.json': json(facts.nics()),
    'os-release.txt': readText('/etc/os-release'),
    'resolv.conf.txt': readText('/etc/resolv.conf'),
    ...(await programs(facts)),
  }
  const captured = await captureBoot(facts)
  const entries: TarEntry[] = Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [{ name: `${root}/${name}`, mode: 0o600, content: clean(text) }],
  )
  const sniffed: TarEntry =
    captured === undefined
      ? { name: `${root}/capture.txt`, mode: 0o600, content: 'no capture: it needs root, and a served NIC\n' }
      : { name: `${root}/capture.pcap`, mode: 0o600, content: captured }
  return tarGz([...entries, sniffed])
}

/** DHCP, boot server and TFTP requests of the first served NIC; for the offers a node must have asked. */
async function captureBoot(facts: Facts): Promise<Buffer | undefined> {
  const config = await facts.config().catch(() => undefined)
  const nic = (await facts.servedNics().catch(() => []))[0]?.name
  if (config === undefined || nic === undefined) return undefined
  const { dhcp, dhcpClient, tftp, bootServer } = config.ports
  const { clock } = facts.options
  const ports = [dhcp, dhcpClient, tftp, bootServer]
  const nowMs = () => facts.nowMs()
  const heard = capture({ interface: nic, ports, durationMs: captureMs, clock, nowMs })
  await facts.heard().catch(() => [])
  return heard
}

/** What to look for besides everything that has the shape of a secret. */
async function knownSecrets(facts: Facts): Promise<Secret[]> {
  const tokenFile = await facts.config().then(
    ({ orchestrator }) => orchestrator.tokenFile,
    () => undefined,
  )
  const found = [process.env.EMF_PXE_TOKEN, tokenFile === undefined ? undefined : readText(tokenFile)]
  return found.flatMap((text) => (text === undefined || text.trim() === '' ? [] : [new Secret(text.trim())]))
}

async function programs(facts: Facts): Promise<Record<string, string>> {
  const wanted: readonly (readonly [file: string, program: string, args: readonly string[]])[] = [
    ['journal.txt', 'journalctl', ['-u', 'emf-pxe', '-n', '2000', '--no-pager', '-o', 'short-iso-precise']],
    ['unit.txt', 'systemctl', ['show', 'emf-pxe.service', '--no-pager']],
    ['addresses.txt', 'ip', ['address']],
    ['routes.txt', 'ip', ['route', 'show', 'table', 'all']],
    ['sockets.txt', 'ss', ['-lunp']],
    ['nftables.txt', 'nft', ['list', 'ruleset']],
    ['iptables.txt', 'iptables-save', []],
  ]
  const results = await Promise.all(wanted.map(([, program, args]) => facts.run(program, args)))
  return Object.fromEntries(
    results.map((result, index) => {
      const [file = '', program] = wanted[index] ?? []
      const said =
        result.kind === 'missing'
          ? `${program} is not installed`
          : result.kind === 'failed'
            ? result.problem
            : result.stdout
      return [file, `${said}\n`]
    }),
  )
}

async function listing(directory: string): Promise<string> {
  const names = readNames(directory)
  const lines = await Promise.all(
    names.map(async (name) => {
      const facts = await stat(join(directory, name)).catch(() => undefined)
      return `${facts?.mode.toString(8) ?? '?'} ${facts?.uid ?? '?'} ${facts?.size ?? '?'} ${name}`
    }),
  )
  return `${lines.join('\n')}\n`
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
