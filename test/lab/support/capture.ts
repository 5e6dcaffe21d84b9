import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CapturedDatagram, readDatagrams } from './pcap.ts'
import { Program } from './program.ts'
import type { Site } from './site.ts'

export interface Capture {
  /** Ends the capture; returns every UDP datagram that crossed the switch. */
  stop(): Promise<readonly CapturedDatagram[]>
  /** The pcap file, to be opened with Wireshark. */
  readonly path: string
}

let made = 0

/** Captures UDP on the site's switch with dumpcap, from when it returns. */
export async function startCapture(site: Site): Promise<Capture> {
  const path = join(site.directory, `capture-${made++}.pcap`)
  const command = ['dumpcap', '-q', '-P', '-i', 'br0', '-f', 'udp', '-w', path]
  const dumpcap = new Program(site.lan.spawn(site.lan.switchNamespace, command), 'dumpcap')
  await dumpcap.output.waitFor(/File: /, 10_000)
  return {
    path,
    async stop() {
      await dumpcap.stop('SIGINT')
      return readDatagrams(readFileSync(path))
    },
  }
}
