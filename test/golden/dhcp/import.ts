import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `node test/golden/dhcp/import.ts CAPTURE.pcap FRAME NAME 'SOURCE'` writes NAME.hex (the UDP payload)
 * and NAME.json (what tshark, which shares no code with this project, reads in it). SOURCE says which
 * program sent it, version and circumstances.
 */
const [capture, frame, name, source] = process.argv.slice(2)
if (capture === undefined || frame === undefined || name === undefined || source === undefined) {
  console.error("node test/golden/dhcp/import.ts CAPTURE.pcap FRAME NAME 'SOURCE'")
  process.exit(2)
}

const payload = field('udp.payload')
const twin = {
  source,
  ports: [Number(field('udp.srcport')), Number(field('udp.dstport'))],
  packet: {
    op: Number(field('dhcp.type')),
    htype: Number(field('dhcp.hw.type')),
    hlen: Number(field('dhcp.hw.len')),
    hops: Number(field('dhcp.hops')),
    xid: field('dhcp.id'),
    secs: Number(field('dhcp.secs')),
    flags: field('dhcp.flags'),
    ciaddr: field('dhcp.ip.client'),
    yiaddr: field('dhcp.ip.your'),
    siaddr: field('dhcp.ip.server'),
    giaddr: field('dhcp.ip.relay'),
    mac: field('dhcp.hw.mac_addr'),
    sname: field('dhcp.server'),
    file: field('dhcp.file'),
  },
  options: options(),
  meaning: {
    messageType: Number(field('dhcp.option.dhcp')),
    ...known('uuid', field('dhcp.client_id.uuid')),
    ...known('architecture', field('dhcp.option.client_system_architecture')),
    ...known('vendorClass', field('dhcp.option.vendor_class_id')),
  },
}
writeFileSync(join(import.meta.dirname, `${name}.hex`), `${payload.replace(/.{64}/g, '$&\n').trim()}\n`)
writeFileSync(join(import.meta.dirname, `${name}.json`), `${render(twin)}\n`)

function field(name: string, occurrence: 'f' | 'a' = 'f'): string {
  const selection = ['-r', capture ?? '', '-Y', `frame.number == ${frame}`]
  const args = [...selection, '-T', 'fields', '-E', `occurrence=${occurrence}`, '-e', name]
  return execFileSync('tshark', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
}

/** Code and value of each option as it lies in the packet; the end marks come out as type 0. */
function options(): [number, string][] {
  const codes = list('dhcp.option.type').filter((code) => code !== '0' && code !== '255')
  const lengths = list('dhcp.option.length').map(Number)
  const values = list('dhcp.option.value')
  return codes.map((code, index) => [Number(code), lengths[index] === 0 ? '' : (values.shift() ?? '')])
}

function list(name: string): string[] {
  return field(name, 'a').split(',').filter(Boolean)
}

function known(key: string, value: string): Record<string, string | number> {
  if (value === '') return {}
  return { [key]: /^(0x[0-9a-f]+|\d+)$/.test(value) ? Number(value) : value }
}

function render(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/\[\n\s+(\d+),\n\s+("[0-9a-f]*"|\d+)\n\s+\]/g, '[$1, $2]')
}
