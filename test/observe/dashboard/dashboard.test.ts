import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { readAsset } from '../../../src/cli/assets.ts'
import { openDashboard } from '../../../src/observe/dashboard/server.ts'
import { playedPrefix } from '../../../src/proxydhcp/played-node.ts'
import { projectRoot } from '../../support/imports.ts'
import { offered, openFeed } from '../live/support.ts'

const site = openFeed()
const server = await openDashboard('127.0.0.1:0', site.feed, readAsset)
after(async () => {
  site.feed.close()
  await server.close()
})
const url = `http://127.0.0.1:${server.port}`

/** `fetch` sets Host itself. */
function statusFor(host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/`, { headers: { host } }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

describe('the dashboard', () => {
  const files = globSync('templates/dashboard/*', { cwd: projectRoot })

  test('the page knows the nodes that status and probe play', () => {
    const page = readFileSync(join(projectRoot, 'templates/dashboard/app.js'), 'utf8')
    assert.ok(page.includes(`const playedPrefix = '${playedPrefix}:'`))
  })

  for (const file of files) {
    const name = file.split('/').at(-1) ?? ''
    test(`${name} is served under a strict policy`, async () => {
      const response = await fetch(`${url}/${name === 'index.html' ? '' : name}`)
      assert.equal(response.status, 200)
      assert.equal(await response.text(), readFileSync(join(projectRoot, file), 'utf8'))
      const policy = response.headers.get('content-security-policy') ?? ''
      assert.match(policy, /^default-src 'none'; script-src 'self';/)
      assert.doesNotMatch(policy, /unsafe|\*|https?:/)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    })

    test(`${name} loads nothing from elsewhere, and makes no markup of text`, () => {
      const text = readFileSync(join(projectRoot, file), 'utf8')
      const foreign = (text.match(/https?:\/\/[^'"\s)]+/g) ?? []).filter(
        (link) => !link.startsWith('http://www.w3.org/2000/svg'),
      )
      assert.deepEqual(foreign, [])
      assert.doesNotMatch(
        text,
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|<script>|\son\w+=|\sstyle=/,
      )
    })
  }

  test('only what there is, and only GET', async () => {
    assert.equal((await fetch(`${url}/../package.json`)).status, 404)
    assert.equal((await fetch(`${url}/v1/refresh`, { method: 'POST' })).status, 404)
    assert.equal((await fetch(`${url}/v1/feed`, { method: 'POST' })).status, 405)
  })

  test('not for a page that borrows the address under a name of its own', async () => {
    assert.equal(await statusFor(`evil.example:${server.port}`), 421)
    assert.equal(await statusFor(`localhost:${server.port}`), 200)
    assert.equal(await statusFor('10.20.0.5:8470'), 200)
  })

  test('the feed as server-sent events', async () => {
    const stop = new AbortController()
    const response = await fetch(`${url}/v1/feed`, { signal: stop.signal })
    assert.equal(response.headers.get('content-type'), 'text/event-stream')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    assert.match((await reader?.read())?.value ?? '', /^data: \{"type":"snapshot",.*\}\n\n$/)
    site.publish(offered)
    await site.clock.advance(200)
    assert.match((await reader?.read())?.value ?? '', /^data: \{"type":"changes",.*\}\n\n$/)
    stop.abort()
  })
})
