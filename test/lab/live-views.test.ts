import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { inside } from '../support/inside-namespace.ts'
import { missing } from '../support/needs.ts'
import { Terminal } from '../wizard/support/terminal.ts'
import { openPage, type Page } from './support/browser.ts'
import { emfPxe, LiveSite, recorded } from './support/live-site.ts'
import { framesOf, longestPauseMs, tooWide } from './support/recording.ts'

const count = 1000
const skip = missing('namespaces', 'cc:gcc', 'chromium:chromium', 'tmux:tmux', 'script:bsdutils')

/** EMF_PXE_SCREENSHOTS=DIR keeps what was seen. */
function keep(name: string, what: Buffer | string): void {
  const directory = process.env.EMF_PXE_SCREENSHOTS
  if (directory !== undefined) writeFileSync(`${directory}/${name}`, what)
}

test(`${count} nodes boot while watch and the dashboard are open`, {
  skip,
  timeout: 180_000,
}, async (context) => {
  const site = await LiveSite.open()
  context.after(() => site.close())
  const page = await inside(site.server, () => openPage(site.dashboard))
  context.after(() => page.close())
  const words = [...emfPxe, 'watch', '--state-dir', site.stateDirectory]
  const terminal = Terminal.start(recorded(words, site.directory), { LANG: 'C.UTF-8' })
  context.after(async () => {
    // `script` outlives its terminal as long as the command does.
    terminal.press('q')
    await terminal.sees(/exit 0/)
    terminal.close()
  })
  await terminal.sees(/q quits/)
  await page.until("document.getElementById('state').textContent === 'ready'")
  await countPauses(page)

  await site.discover(count, 3000)
  await page.until(`document.getElementById('booting-count').textContent === '${count}'`)
  const fetching = site.fetch(count, 5)
  await page.until("document.querySelectorAll('#booting progress:not([hidden])').length > 15")
  await terminal.sees(/━.* [1-9]\d? %/)
  await pictures(page, 'during')
  keep('watch-during.txt', terminal.screen)
  const storm = await fetching
  await page.until("document.querySelector('#totals').innerText.includes('1000')")
  await pictures(page, 'fetched')
  await site.startIpxe(count, 2000)
  await page.until("document.getElementById('booting-count').textContent === '0'")
  const screen = await terminal.sees(/Booting now {2}0/)
  await pictures(page, 'after')
  keep('watch-after.txt', screen)

  assert.equal(storm.failed, 0)
  await agree(site, page, screen)
  watchWasSmooth(context, site)
  await pageWasSmooth(context, page)
})

/** What both show is what the service counted itself. */
async function agree(site: LiveSite, page: Page, screen: string): Promise<void> {
  const offers = await site.metric('emf_pxe_offers_total')
  const delivered = await site.metric('emf_pxe_transfers_completed_total')
  assert.equal(delivered, count)
  assert.match(
    screen,
    new RegExp(`24 h +${offers} offers · ${delivered} boot files delivered · 0 downloads failed`),
  )
  const totals = await page.evaluate<string>("document.getElementById('totals').innerText")
  assert.match(totals, new RegExp(`boot files delivered\\s*${delivered}\\b`))

  const shown = await page.evaluate<string[]>(
    "[...document.querySelectorAll('#ended .outcome')].map((e) => e.textContent)",
  )
  assert.equal(shown.length, 100)
  assert.ok(
    shown.every((outcome) => outcome === 'booted'),
    shown.join(' '),
  )
}

function watchWasSmooth(context: TestContext, site: LiveSite): void {
  const frames = framesOf(site.directory)
  const pauseMs = longestPauseMs(frames)
  context.diagnostic(`watch: ${frames.length} frames, longest pause ${pauseMs.toFixed(0)} ms`)
  assert.deepEqual(
    frames.flatMap((frame) => tooWide(frame, 80)),
    [],
  )
  assert.ok(frames.length > 20, `${frames.length} frames`)
  assert.ok(pauseMs < 3000, `watch stood still for ${pauseMs} ms`)
}

async function countPauses(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    window.pauses = { frameMs: 0, taskMs: 0, frames: 0 };
    (function frame(last) { requestAnimationFrame((now) => { pauses.frames++; pauses.frameMs = Math.max(pauses.frameMs, now - last); frame(now) }) })(performance.now());
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) pauses.taskMs = Math.max(pauses.taskMs, duration) }).observe({ type: 'longtask' });
  })()`)
}

async function pageWasSmooth(context: TestContext, page: Page): Promise<void> {
  const pauses = await page.evaluate<Record<string, number>>('window.pauses')
  context.diagnostic(`dashboard: ${JSON.stringify(pauses)}`)
  assert.ok((pauses.taskMs ?? Infinity) < 2000, `the page was busy for ${pauses.taskMs} ms`)
  assert.deepEqual(page.complaints, [])
}

async function pictures(page: Page, name: string): Promise<void> {
  if (process.env.EMF_PXE_SCREENSHOTS === undefined) return
  for (const scheme of ['dark', 'light'] as const) {
    await page.colorScheme(scheme)
    keep(`${name}-${scheme}.png`, await page.screenshot())
  }
}
