import assert from 'node:assert/strict'
import { test } from 'node:test'
import { expectStatus } from '../../src/orchestrator/response.ts'

async function* nothing(): AsyncGenerator<Uint8Array> {}

for (const location of ['elsewhere', '//other.test/login', 'https://user:hunter2@other.test/'])
  test(`a redirect to ${location} does not show the password of the address`, async () => {
    const url = 'https://user:hunter2@edge.test/tink-stack/boot.ipxe'
    const answer = { url, status: 302, headers: { location }, body: nothing() }
    await assert.rejects(expectStatus(answer, 200), (error: Error) => {
      assert.match(error.message, /^https:\/\/edge\.test\/.* points to https:\/\/(edge|other)\.test\//)
      return !error.message.includes('hunter2')
    })
  })
