import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { missing } from '../../support/needs.ts'
import type { Engine } from './engine.ts'
import { microOsFirstLine } from './micro-os.ts'
import type { Node } from './node.ts'
import { Site, type SiteOptions } from './site.ts'

/** Why tests with firmware cannot run here, or false. */
export const noFirmware = missing(
  'namespaces',
  'qemu-system-x86_64:qemu-system-x86',
  '/usr/share/OVMF/OVMF_CODE_4M.fd:ovmf',
  'dnsmasq:dnsmasq-base',
  'nginx:nginx-light',
  'openssl:openssl',
  '/bin/busybox:busybox-static',
  'cpio:cpio',
  '/boot/ipxe.efi:ipxe',
)

/** A site that is gone when the test is over. */
export async function openSite(test: TestContext, options: SiteOptions = {}): Promise<Site> {
  const site = await Site.open(options)
  test.after(() => site.close())
  return site
}

/** QEMU without KVM on a busy machine: a boot takes 20 to 40 s when nothing else runs. */
const bootTimeoutMs = 180_000

/** What firmware shows when it has nothing left to boot from. */
const gaveUp = 'Shell> |No bootable device|No more network devices'

/**
 * Waits for a line on the node's console; fails at once when the firmware gives up, and tells what
 * the engine saw as well.
 */
export async function sees(node: Node, engine: Engine, pattern: RegExp): Promise<void> {
  const either = new RegExp(`(?<wanted>${pattern.source})|${gaveUp}`)
  const match = await node.console.waitFor(either, bootTimeoutMs).catch((error: Error) => error)
  if (!(match instanceof Error) && match.groups?.wanted !== undefined) return
  const problem = match instanceof Error ? match.message : `the node gave up:\n${node.console.tail()}`
  assert.fail(`${problem}\n\nThe engine logged:\n${engine.text}`)
}

/** Waits for the first line of the fetched kernel's system, with this node's own serial number. */
export function reachesMicroOs(node: Node, engine: Engine, serial: string): Promise<void> {
  return sees(node, engine, new RegExp(`${microOsFirstLine} ${serial}`))
}
