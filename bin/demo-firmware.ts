import type { DemoStep } from '../src/demo/run-demo.ts'
import type { ServeEvent } from '../src/events/event.ts'
import { BootStories } from '../src/events/stories.ts'
import type { BootStory } from '../src/events/story.ts'
import { Engine } from '../test/lab/support/engine.ts'
import { identityOf, Site } from '../test/lab/support/site.ts'
import { missing } from '../test/support/needs.ts'

const needs = [
  'namespaces',
  'qemu-system-x86_64:qemu-system-x86',
  '/usr/share/OVMF/OVMF_CODE_4M.fd:ovmf',
  'dnsmasq:dnsmasq-base',
  'nginx:nginx-light',
  '/usr/lib/ipxe/ipxe.efi:ipxe',
] as const

/** The demo with a real node: OVMF firmware in QEMU, dnsmasq as the site's DHCP server, nginx as the orchestrator. */
export async function runFirmwareDemo(onStep: (step: DemoStep) => void): Promise<BootStory> {
  const problem = missing(...needs)
  if (problem !== false) throw new Error(`the firmware demo ${problem}`)
  const site = await Site.open()
  try {
    onStep({
      title: 'site',
      detail: 'a switch, dnsmasq for DHCP and DNS, nginx as the orchestrator, in namespaces',
    })
    const engine = await Engine.start(site, {
      interfaces: [{ name: 'e0' }],
      bootFiles: { x64: '/usr/lib/ipxe/ipxe.efi' },
      scriptUrl: site.orchestrator.scriptUrl,
    })
    onStep({ title: 'PXE server', detail: 'emf-pxe serve on e0' })
    const node = site.startNode(1, { firmware: 'uefi-x64', card: 'virtio-net-pci' })
    onStep({ title: 'node is on', detail: 'UEFI firmware in QEMU, booting from its network card' })
    const [line] = await node.console.waitFor(/emf-pxe-lab: .*serial.*/, 180_000)
    onStep({ title: 'Micro-OS is up', detail: line.trim() })
    return storyOf(engine)
  } finally {
    await site.close()
  }
}

/** The log is the events: folded again, they are the story. */
function storyOf(engine: Engine): BootStory {
  const stories = new BootStories()
  for (const { time, event, level: _level, message: _message, ...rest } of engine.events()) {
    stories.apply({ atMs: Date.parse(String(time)), type: event, ...rest } as unknown as ServeEvent)
  }
  const story = stories.get(identityOf(1).mac)
  if (story === undefined) throw new Error('the service saw nothing of the boot')
  return story
}
