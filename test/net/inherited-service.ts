/** A program as systemd would start it: answers on the socket `tftp-lo` that it was handed, on the port of its argument. */
import { KernelNetwork } from '../../src/net/kernel.ts'

const port = Number(process.argv[2])
const network = new KernelNetwork()
const socket = await network.open({ address: '127.0.0.1', port, interface: 'lo', inheritedName: 'tftp-lo' })
socket.onMessage((bytes, from) => {
  socket.send(Buffer.concat([Buffer.from('answer to '), bytes]), from)
  socket.close()
})
