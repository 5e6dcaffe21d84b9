import { z } from 'zod'

/**
 * The configuration file, version 1. Fields, defaults and help live here and nowhere else:
 * validation, `docs/config.md` and the published JSON Schema are all read from this tree.
 * Durations and sizes carry their unit in the name.
 */
const macAddress = z
  .string()
  .toLowerCase()
  .regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/, 'a MAC address such as 52:54:00:12:34:56')
const oui = z
  .string()
  .toLowerCase()
  .regex(/^([0-9a-f]{2}:){2}[0-9a-f]{2}$/, 'an OUI such as 52:54:00')
const uuid = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a UUID such as 11112222-3333-4444-5555-666677778888')
const port = z.int('a port number from 0 to 65535').min(0).max(65535)
const absolutePath = z.string().regex(/^\//, 'an absolute path, starting with /')
const httpUrl = z.url({ protocol: /^https?$/, error: 'an http:// or https:// URL' })
const proxyUrl = z
  .string()
  .regex(
    /^https?:\/\/[^\s/@?#]+\/?$/,
    'http://HOST:PORT without a login, as everybody may read this file; a login goes into HTTPS_PROXY of the service',
  )
const httpsUrl = z.url({ protocol: /^https$/, error: 'an https:// URL' })
const fqdn = z
  .string()
  .toLowerCase()
  .regex(
    /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    'a host name such as edge.example.com',
  )
const fingerprint = z
  .string()
  .transform((text) => text.replaceAll(':', '').toLowerCase())
  .pipe(z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 fingerprint: 64 hexadecimal digits, colons allowed'))

const networkInterface = z.strictObject({
  name: z
    .string()
    .regex(
      /^([^\s/]{1,15}|(\d{1,3}\.){3}\d{1,3}\/([0-9]|[12][0-9]|3[0-2]))$/,
      'the name of a NIC, a network such as 10.20.0.0/24, or default-route',
    )
    .describe(
      'Name of the NIC, as `ip -brief address` shows it; or which one: a network that it is in (`10.20.0.0/24`), or `default-route`.',
    ),
  host: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .describe('Only on the machine of this name, for one configuration on many machines.'),
  address: z
    .ipv4('an IPv4 address')
    .optional()
    .describe('Which of its addresses to advertise; default: the first one.'),
})

const accessList = z.strictObject({
  macs: z.array(macAddress).default([]).describe('Whole MAC addresses.'),
  ouis: z.array(oui).default([]).describe('First three bytes of a MAC address: a manufacturer.'),
  uuids: z.array(uuid).default([]).describe('SMBIOS UUIDs, as the orchestrator shows them.'),
})

const orchestrator = z.strictObject({
  fqdn: fqdn.optional().describe('Domain of the orchestrator; its provisioning names are probed below it.'),
  artifactUrl: httpsUrl
    .optional()
    .describe('Exact URL of `signed_ipxe.efi` when it is not at the usual place.'),
  caFile: absolutePath
    .optional()
    .describe('PEM file with the CA that signed the orchestrator’s certificate.'),
  trustFingerprint: fingerprint
    .optional()
    .describe('SHA-256 of the endpoint’s certificate, confirmed by a person.'),
  proxy: proxyUrl
    .optional()
    .describe('Proxy on the way to the orchestrator; default: what HTTPS_PROXY and NO_PROXY say.'),
  tokenFile: absolutePath
    .optional()
    .describe('File that holds the JWT, mode 0600; only for registration and upload.'),
})

const artifact = z.strictObject({
  refreshMinutes: z
    .int()
    .min(0)
    .max(10_080)
    .default(60)
    .describe('How often to look for a newer file; 0 switches it off.'),
  maxMegabytes: z.int().min(1).max(1024).default(64).describe('A download larger than this is refused.'),
})

const bootFiles = z.strictObject({
  x64: absolutePath.optional().describe('File for x86-64 UEFI; default: the downloaded artifact.'),
  arm64: absolutePath.optional().describe('File for AArch64 UEFI.'),
  ia32: absolutePath.optional().describe('File for 32-bit UEFI.'),
  bios: absolutePath.optional().describe('File for legacy BIOS, for example `undionly.kpxe`.'),
})

const httpBoot = z.strictObject({
  mode: z
    .enum(['off', 'orchestrator', 'local'])
    .default('off')
    .describe('UEFI HTTP boot: not at all, by the orchestrator’s https URL, or served here over http.'),
  url: httpUrl
    .optional()
    .describe('URL to hand out in mode `orchestrator`; default: where the artifact was downloaded from.'),
  port: port.default(8069).describe('TCP port of the on-site server in mode `local`.'),
})

const ports = z.strictObject({
  dhcp: port.default(67).describe('ProxyDHCP.'),
  bootServer: port.default(4011).describe('PXE boot server.'),
  tftp: port.default(69).describe('TFTP requests.'),
  dhcpClient: port.default(68).describe('Where nodes listen for offers.'),
})

const tftp = z.strictObject({
  dataPorts: z
    .union([
      z.literal('ephemeral'),
      z.literal('single'),
      z.string().regex(/^\d{1,5}-\d{1,5}$/, '`ephemeral`, `single`, or a range such as 40000-40099'),
    ])
    .default('ephemeral')
    .describe(
      'Ports that transfers come from: chosen by the kernel, all from the TFTP port, or a range for the firewall.',
    ),
  maxTransfers: z
    .int()
    .min(1)
    .max(100_000)
    .default(8192)
    .describe('Transfers at once; further requests wait for the client’s retry.'),
  maxBlockBytes: z
    .int()
    .min(512)
    .max(65_464)
    .default(1468)
    .describe('Largest block size; the path MTU less 32 bytes.'),
  maxWindow: z.int().min(1).max(64).default(16).describe('Largest window size (RFC 7440).'),
  receiveBufferMegabytes: z
    .int()
    .min(1)
    .max(256)
    .default(8)
    .describe('Socket receive buffer to ask the kernel for.'),
})

const listeners = z.strictObject({
  metrics: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|localhost):\d{1,5}$/, 'ADDRESS:PORT such as 127.0.0.1:9469')
    .optional()
    .describe('Prometheus metrics, /healthz and /readyz.'),
  dashboard: z
    .string()
    .regex(/^(\d{1,3}(\.\d{1,3}){3}|localhost):\d{1,5}$/, 'ADDRESS:PORT such as 127.0.0.1:8470')
    .optional()
    .describe('Read-only page; off unless set.'),
})

const history = z.strictObject({
  days: z.int().min(1).max(365).default(30).describe('How long boot stories are kept.'),
  maxMegabytes: z.int().min(1).max(4096).default(64).describe('Size the history may take on disk.'),
})

export const configSchema = z.strictObject({
  version: z.literal(1).default(1).describe('Version of this file’s format.'),
  mode: z
    .enum(['proxy', 'tftp-only'])
    .default('proxy')
    .describe('`tftp-only`: the site’s own DHCP server names the boot file; see `emf-pxe hints`.'),
  interfaces: z.array(networkInterface).min(1, 'at least one interface').describe('NICs to answer on.'),
  orchestrator: orchestrator.prefault({}).describe('Where boot files and scripts come from.'),
  artifact: artifact.prefault({}).describe('Keeping the downloaded boot file fresh.'),
  bootFileName: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'a plain file name')
    .default('ipxe.efi')
    .describe('TFTP name of the x64 boot file.'),
  bootFiles: bootFiles.prefault({}).describe('Local boot files per architecture.'),
  scriptUrl: httpUrl
    .optional()
    .describe('For iPXE without an embedded script; default: the orchestrator’s `boot.ipxe`.'),
  httpBoot: httpBoot.prefault({}).describe('UEFI HTTP boot.'),
  allow: accessList.prefault({}).describe('When any entry is given, only these nodes are answered.'),
  deny: accessList.prefault({}).describe('These nodes are never answered.'),
  relay: z.boolean().default(false).describe('Also answer requests that DHCP relays forward to our address.'),
  ports: ports.prefault({}).describe('UDP ports; nodes expect the defaults.'),
  tftp: tftp.prefault({}).describe('TFTP transfers.'),
  listeners: listeners.prefault({}).describe('HTTP listeners.'),
  history: history.prefault({}).describe('Durable boot history.'),
})

/** A complete, valid configuration: every default filled in. */
export type Config = z.output<typeof configSchema>
/** What a person may write: defaults may be left out. */
export type ConfigInput = z.input<typeof configSchema>
