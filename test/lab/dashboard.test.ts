import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { readAsset } from '../../src/cli/assets.ts'
import type { Happening } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { systemClock } from '../../src/net/clock.ts'
import { openDashboard } from '../../src/observe/dashboard/server.ts'
import { LiveFeed } from '../../src/observe/live/feed.ts'
import { missing } from '../support/needs.ts'
import { simulateBoots } from '../support/simulated-boots.ts'
import { openPage } from './support/browser.ts'

const skip = missing('chromium:chromium')

/** EMF_PXE_SCREENSHOTS=DIR keeps what was seen. */
function keep(name: string, picture: Buffer): void {
  const directory = process.env.EMF_PXE_SCREENSHOTS
  if (directory !== undefined) writeFileSync(`${directory}/${name}.png`, picture)
}

describe('the dashboard in a browser', { skip }, async () => {
  const stories = new BootStories()
  const feed = new LiveFeed({ stories, clock: systemClock, version: '0.1.0' })
  const publish = (event: Happening) => {
    const timed = { atMs: Date.now(), ...event }
    stories.apply(timed)
    feed.record(timed)
  }
  const server = await openDashboard('127.0.0.1:0', feed, readAsset)
  const page = skip === false ? await openPage(`http://127.0.0.1:${server.port}/`) : undefined
  after(async () => {
    await page?.close()
    feed.close()
    await server.close()
  })
  const hostile = '<img src=x onerror="document.title=\'owned\'">'
  const node = { mac: '52:54:00:aa:00:01', interface: 'eth1' } as const

  test('a problem and a refusal are shown as they happen, foreign text as text', async () => {
    assert.ok(page)
    feed.expect({ interfaces: ['eth1'], architectures: ['x64'] })
    publish({ type: 'interface.waiting', interface: 'eth1', reason: 'down' })
    publish({ type: 'service.started', version: '0.1.0', interfaces: ['eth1'] })
    publish({ type: 'dhcp.ignored', reason: 'architecture-unknown', detail: hostile, ...node })
    await page.until("document.querySelectorAll('#ended > li').length === 1")
    await page.until("document.getElementById('state').textContent === 'not ready'")
    assert.match(
      await page.evaluate<string>("document.getElementById('ended').innerText"),
      /<img src=x onerror=/,
    )
    assert.equal(await page.evaluate<number>("document.querySelectorAll('#ended img').length"), 0)
    assert.match(
      await page.evaluate<string>("document.getElementById('problem-list').innerText"),
      /its link is down/,
    )
  })

  test('1000 nodes: the page stays smooth, and says what became of them', async () => {
    assert.ok(page)
    await page.evaluate(
      'window.longest = 0; (function frame(last) { requestAnimationFrame((now) => { window.longest = Math.max(window.longest, now - last); frame(now) }) })(performance.now()); 0',
    )
    const publishTimed = (event: Happening) => publish(event)
    simulateBoots({
      clock: systemClock,
      publish: publishTimed,
      nodes: 1000,
      spreadMs: 2000,
      downloadMs: 4000,
    })
    await page.until("Number(document.getElementById('booting-count').textContent) > 900")
    await page.until("document.querySelectorAll('#booting progress:not([hidden])').length > 0")
    keep('light', await page.screenshot())
    await page.colorScheme('dark')
    keep('dark', await page.screenshot())
    await page
      .until("document.getElementById('booting-count').textContent === '0'")
      .catch(() => page.until("document.getElementById('booting-count').textContent === '0'"))
    const totals = await page.evaluate<string>("document.getElementById('totals').innerText")
    assert.match(totals, /boot files delivered\s*900/)
    const longestMs = await page.evaluate<number>('window.longest')
    assert.ok(longestMs < 1000, `a frame took ${longestMs} ms`)
  })

  test('light and dark differ, and both can be read', async () => {
    assert.ok(page)
    const ratios: number[] = []
    for (const scheme of ['light', 'dark'] as const) {
      await page.colorScheme(scheme)
      ratios.push(await page.evaluate<number>(contrast))
    }
    assert.ok(
      ratios.every((ratio) => ratio >= 4.5),
      `contrast ${ratios.join(' and ')}`,
    )
    const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    assert.match(background, /rgb\(18, 22, 21\)/)
  })

  test('by keyboard alone: past the header, to a story, and open it', async () => {
    assert.ok(page)
    const focused = () =>
      page.evaluate<string>('document.activeElement.tagName + "." + document.activeElement.className')
    await page.press('Tab')
    assert.equal(await focused(), 'A.skip')
    for (let presses = 0; presses < 5 && !(await focused()).startsWith('SUMMARY'); presses++)
      await page.press('Tab')
    assert.match(await focused(), /^SUMMARY/)
    await page.press('Enter')
    assert.equal(await page.evaluate<boolean>("document.querySelector('#ended details').open"), true)
  })

  test('a screen reader finds names for everything', async () => {
    assert.ok(page)
    const nameless = await page.evaluate<string[]>(
      "[...document.querySelectorAll('progress, svg[role=img], section, input')].filter((e) => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.labels?.length)).map((e) => e.outerHTML.slice(0, 80))",
    )
    assert.deepEqual(nameless, [])
    assert.equal(
      await page.evaluate<string>("document.getElementById('state').getAttribute('role')"),
      'status',
    )
  })

  test('a lost connection is said', async () => {
    assert.ok(page)
    await server.close()
    await page.until("document.getElementById('state').textContent === 'no connection'")
  })

  test('the page itself complained of nothing', () => {
    assert.deepEqual(
      page?.complaints.filter((text) => !text.includes('ERR_')),
      [],
    )
  })
})

/** Smallest contrast (WCAG 2) of all soft and coloured texts with the card that they stand on. */
const contrast = `(() => {
  const luminance = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const card = luminance(getComputedStyle(document.querySelector('section')).backgroundColor)
  const texts = [...document.querySelectorAll('h2, th, td, .quiet, .remedy, .good, .bad, .warn, dt, dd')]
  return Math.min(...texts.map((e) => luminance(getComputedStyle(e).color)).map((l) => (Math.max(l, card) + 0.05) / (Math.min(l, card) + 0.05)))
})()`
