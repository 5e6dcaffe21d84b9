import { createSocket } from 'node:dgram'

const everyMs = 5
/** RRQ for the boot file without options: any answer to it is DATA 1. */
const request = Buffer.from('\0\x01ipxe.efi\0octet\0')
const abort = Buffer.from('\0\x05\0\0ready\0')

/** Resolves when 127.0.0.1:69 sends the boot file's first block, asked every 5 ms. */
export function tftpAnswers(): Promise<undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    const ask = () => socket.send(request, 69, '127.0.0.1', () => {})
    const timer = setInterval(ask, everyMs)
    // Nobody is there yet: the kernel says so for the request before.
    socket.on('error', () => {})
    socket.on('message', (_bytes, { port }) => {
      clearInterval(timer)
      socket.removeAllListeners('message')
      socket.send(abort, port, '127.0.0.1', () => socket.close())
      resolve(undefined)
    })
    ask()
  })
}
