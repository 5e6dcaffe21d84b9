import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CapturedDatagram, readDatagrams } from './pcap.ts'
import type { Site } from './site.ts'
import { Transcript } from './transcript.ts'

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
  const child = site.lan.spawn(site.lan.switchNamespace, [
    ...['dumpcap', '-q', '-P', '-i', 'br0', '-f', 'udp', '-w', path],
  ])
  await Transcript.of(child, 'dumpcap').waitFor(/File: /, 10_000)
  return {
    path,
    async stop() {
      const gone = once(child, 'exit')
      child.kill('SIGINT')
      await gone
      return readDatagrams(readFileSync(path))
    },
  }
}
