import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EmfPxeError } from '../../src/errors/error.ts'
import { probeMac, toMac, toUuid } from '../../src/probe/mac.ts'
import { isPlayed } from '../../src/proxydhcp/played-node.ts'

test('a played node has a MAC that no machine has, and a new one each time', () => {
  const macs = new Set(Array.from({ length: 20 }, probeMac))
  assert.ok(macs.size > 15)
  for (const mac of macs) {
    assert.match(mac, /^02:65:6d(:[0-9a-f]{2}){3}$/)
    assert.ok(isPlayed(mac))
  }
  assert.ok(!isPlayed('52:54:00:00:00:01'))
})

test('MAC addresses and UUIDs as people write them', () => {
  for (const typed of ['52-54-00-AB-CD-EF', '5254.00ab.cdef', '52:54:00:ab:cd:ef'])
    assert.equal(toMac(typed), '52:54:00:ab:cd:ef')
  assert.equal(toUuid('11112222-3333-4444-5555-66667777888A'), '11112222-3333-4444-5555-66667777888a')
  for (const wrong of [() => toMac('52:54:00'), () => toUuid('1111')])
    assert.throws(wrong, (error: unknown) => error instanceof EmfPxeError && error.code === 'USAGE')
})
