import { createSocket } from 'node:dgram'
import { on, once } from 'node:events'

/**
 * `node dhcp-client.ts HEX…` broadcasts each request until somebody answers it, and prints the answer in
 * hexadecimal, one line each. Started inside a network namespace by tests.
 */
const retryMs = 500
const socket = createSocket('udp4').bind(68, '0.0.0.0')
await once(socket, 'listening')
socket.setBroadcast(true)
for (const hex of process.argv.slice(2)) console.log(await ask(Buffer.from(hex, 'hex')))
socket.close()

async function ask(request: Buffer): Promise<string> {
  const send = () => socket.send(request, 67, '255.255.255.255')
  const retry = setInterval(send, retryMs)
  send()
  for await (const [answer] of on(socket, 'message')) {
    if (answer.readUInt32BE(4) !== request.readUInt32BE(4)) continue
    clearInterval(retry)
    return answer.toString('hex')
  }
  throw new Error('the socket was closed')
}
