import { createHash } from 'node:crypto'

/** What the demo's orchestrator serves beside the boot file. Sizes are small: the way is what is shown. */
export const bootScript = `#!ipxe
kernel vmlinuz-x86_64 initrd=initramfs-x86_64 quiet
initrd initramfs-x86_64
boot
`

/** What is embedded in the boot file: configure the NIC, then go on to the orchestrator. */
export function embeddedScript(bootScriptUrl: string): string {
  return `#!ipxe\ndhcp\nchain ${bootScriptUrl} || shell\n`
}

/** Bytes that look like nothing, the same for the same name. */
export function fillerFile(name: string, sizeBytes: number): Buffer {
  const blocks: Buffer[] = []
  for (let index = 0; index * 64 < sizeBytes; index++) {
    blocks.push(createHash('sha512').update(`${name} ${index}`).digest())
  }
  return Buffer.concat(blocks).subarray(0, sizeBytes)
}

/** Files that a boot script names, in the order that iPXE fetches them. */
export function filesInScript(script: string): string[] {
  return script.split('\n').flatMap((line) => {
    const [command, file] = line.trim().split(/\s+/)
    return (command === 'kernel' || command === 'initrd') && file !== undefined ? [file] : []
  })
}
