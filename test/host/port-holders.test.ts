import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { findPortConflicts, findPortHolders } from '../../src/host/port-holders.ts'
import { parseSocketTable } from '../../src/host/socket-table.ts'

describe('/proc/net', () => {
  const udp = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
 1234: FFFFFFFF:0043 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 41231 2 0000000000000000 0
 1236: 0100007F:0045 00000000:0000 07 00000000:00000000 00:00000000 00000000   112        0 41240 2 0000000000000000 0
`
  const udp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
  10: 00000000000000000000000000000000:0045 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50001 2 0 0
  11: 0000000000000000FFFF00000100007F:0046 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50002 2 0 0
  12: 000080FE00000000FF00FC02010000FE:0222 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 50003 2 0 0
`
  const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 60001 1 0 100 0 0 10 0
   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 60002 1 0 100 0 0 10 0
`
  test('UDP sockets have address, port, user and inode', () => {
    assert.deepEqual(parseSocketTable('udp', udp), [
      { transport: 'udp', address: '255.255.255.255', port: 67, userId: 0, inode: '41231' },
      { transport: 'udp', address: '127.0.0.1', port: 69, userId: 112, inode: '41240' },
    ])
  })
  test('of IPv6 sockets those count that take IPv4 too', () => {
    const found = parseSocketTable('udp', udp6).map(({ address, port }) => `${address} ${port}`)
    assert.deepEqual(found, [':: 69', '127.0.0.1 70'])
  })
  test('of TCP sockets those that listen', () => {
    assert.deepEqual(
      parseSocketTable('tcp', tcp).map(({ inode }) => inode),
      ['60001'],
    )
  })
  test('a file that cannot be read holds nothing', () => {
    assert.deepEqual(parseSocketTable('udp', ''), [])
  })
})

test('a UDP port of ours is found, with our process', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const [holder] = findPortHolders('udp', socket.address().port)
  socket.close()
  assert.equal(holder?.process?.pid, process.pid)
  assert.equal(holder?.socket.address, '127.0.0.1')
  assert.match(holder?.process?.command ?? '', /node/)
})

test('a listening TCP port of ours is found', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  const holders = findPortHolders('tcp', port)
  server.close()
  assert.deepEqual(
    holders.map((holder) => holder.process?.pid),
    [process.pid],
  )
})

test('only an address that overlaps is a conflict', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const conflicts = (address: string) => findPortConflicts('udp', address, port).length
  const counts = [conflicts('127.0.0.1'), conflicts('0.0.0.0'), conflicts('127.0.0.2')]
  socket.close()
  assert.deepEqual(counts, [1, 1, 0])
})
