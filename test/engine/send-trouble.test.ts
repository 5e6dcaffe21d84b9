import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SendTrouble } from '../../src/engine/send-trouble.ts'
import type { ServeEvent } from '../../src/events/event.ts'

function troubleOf() {
  const told: ServeEvent['type'][] = []
  const nic = { interface: 'eth1', address: '10.20.0.5' }
  return { told, trouble: new SendTrouble(nic, ({ type }) => told.push(type)) }
}

const errorOf = (code: string) => Object.assign(new Error(code), { code })

for (const code of ['ENETUNREACH', 'EHOSTUNREACH', 'EINVAL', 'EACCES'])
  test(`${code}: a request from an address without a way back does not make the NIC a failed one`, () => {
    const { told, trouble } = troubleOf()
    trouble.sending()
    trouble.failed(errorOf(code))
    assert.deepEqual(told, ['packet.dropped'])
  })

test('a NIC on which nothing leaves is told once, and once when answers leave again', () => {
  const { told, trouble } = troubleOf()
  for (let answer = 0; answer < 3; answer++) {
    trouble.sending()
    trouble.failed(errorOf('ENETDOWN'))
  }
  assert.deepEqual(told, ['interface.failed'])
  trouble.sending()
  trouble.sending()
  trouble.sending()
  assert.deepEqual(told, ['interface.failed', 'interface.listening'])
  trouble.failed(errorOf('SEND_REFUSED'))
  assert.deepEqual(told, ['interface.failed', 'interface.listening', 'interface.failed'])
})
