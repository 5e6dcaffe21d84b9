/**
 * What the socket choices of ADR 0002 cost and bring, on loopback: `node bench/sockets.ts`. Costs are
 * processor time, so that other programs disturb less; still compare within one run.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { KernelNetwork } from '../src/net/kernel.ts'
import type { KernelSocket } from '../src/net/kernel-socket.ts'
import { readInterfaceStates } from '../src/net/watch.ts'

const datagrams = 96_000
const perTurn = 192
const block = Buffer.alloc(1472, 1)
const network = new KernelNetwork()
const loopback = { address: '127.0.0.1', port: 0, interface: 'lo' }

console.log('Sending 1472 bytes, µs a datagram')
for (const row of [await plainNode(), await oneByOne(), ...(await windows())]) console.log(row)
console.log('\nRequests kept of 5000 that come at once (60 bytes)')
for (const megabytes of [undefined, 1, 8]) console.log(await burst(megabytes))
console.log('\nOther costs, µs')
console.log(line('opening and closing a socket', await timed(500, openAndClose)))
console.log(line('looking at one NIC', await timed(5000, async () => void readInterfaceStates(['lo']))))

/** Sends to a bound socket that nobody reads, so that receiving costs nothing here. */
async function sending(send: (to: { address: string; port: number }) => number): Promise<number> {
  const sink = await network.open(loopback)
  const to = sink.local
  const start = process.cpuUsage()
  for (let sent = 0; sent < datagrams; ) {
    for (let now = 0; now < perTurn; ) now += send(to)
    sent += perTurn
    await turn()
  }
  sink.close()
  return microsecondsSince(start) / datagrams
}

async function plainNode(): Promise<string> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const cost = await sending(({ address, port }) => {
    socket.send(block, port, address)
    return 1
  })
  socket.close()
  return line('dgram.send', cost)
}

async function oneByOne(): Promise<string> {
  return await withSocket(async (socket) => {
    const cost = await sending((to) => {
      socket.send(block, to)
      return 1
    })
    return line('send', cost)
  })
}

async function windows(): Promise<string[]> {
  return await withSocket(async (socket) => {
    const rows: string[] = []
    for (const size of [4, 8, 16, 64]) {
      const window = Array.from({ length: size }, () => block)
      const cost = await sending((to) => {
        socket.sendMany(window, to)
        return size
      })
      rows.push(line(`sendMany, window ${size}`, cost))
    }
    return rows
  })
}

async function burst(megabytes: number | undefined): Promise<string> {
  const receiveBufferBytes = megabytes === undefined ? undefined : megabytes * 1_000_000
  const options = receiveBufferBytes === undefined ? loopback : { ...loopback, receiveBufferBytes }
  const receiver = await network.open(options)
  const sender = await network.open(loopback)
  let kept = 0
  receiver.onMessage(() => {
    kept++
  })
  const request = Buffer.alloc(60)
  for (let sent = 0; sent < 5000; sent++) sender.send(request, receiver.local)
  let before: number
  do {
    before = kept
    for (let turns = 0; turns < 10; turns++) await turn()
  } while (kept > before)
  const granted = receiver.receiveBufferBytes
  receiver.close()
  sender.close()
  return `  ${String(kept).padStart(5)}  with ${megabytes === undefined ? 'nothing' : `${megabytes} MB`} wished for, ${granted} bytes granted`
}

async function openAndClose(): Promise<void> {
  const socket = await network.open(loopback)
  socket.close()
}

async function timed(times: number, task: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage()
  for (let count = 0; count < times; count++) await task()
  return microsecondsSince(start) / times
}

function microsecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return user + system
}

async function withSocket<T>(use: (socket: KernelSocket) => Promise<T>): Promise<T> {
  const socket = await network.open(loopback)
  try {
    return await use(socket)
  } finally {
    socket.close()
  }
}

function line(what: string, microseconds: number): string {
  return `  ${microseconds.toFixed(2).padStart(6)}  ${what}`
}
