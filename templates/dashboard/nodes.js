import { element, keep, setText } from './elements.js'
import { clock, duration, rate, stage, standing } from './format.js'

const byId = (id) => document.getElementById(id)
const mostBooting = 20
const mostEnded = 100

/** Nodes on their way; those that download first, and no more than can be looked at. */
export function showBooting(stories) {
  const sorted = stories.sort((a, b) => (b.stage === 'fetching') - (a.stage === 'fetching') || a.startedAtMs - b.startedAtMs)
  setText(byId('booting-count'), String(stories.length))
  keep(byId('booting'), sorted.slice(0, mostBooting), ({ id }) => id, makeRow, updateRow)
  const more = stories.length - mostBooting
  setText(byId('booting-more'), stories.length === 0 ? 'No node is booting.' : more > 0 ? `and ${more} more` : '')
}

function makeRow({ mac }) {
  const bar = element('progress', { max: 1, 'aria-label': `download of ${mac}` })
  return element('tr', {},
    element('th', { scope: 'row', class: 'mac' }, mac),
    element('td'), element('td'), element('td'), element('td', {}, bar), element('td', { class: 'number' }),
  )
}

function updateRow(row, story) {
  const [, kind, address, stageCell, barCell, speed] = row.children
  const { transfer } = story
  const downloading = story.stage === 'fetching' && transfer !== undefined && transfer.totalBytes > 0
  setText(kind, story.architecture ?? '')
  setText(address, story.address ?? '')
  setText(stageCell, stage(story))
  barCell.firstElementChild.hidden = !downloading
  if (downloading) barCell.firstElementChild.value = transfer.sentBytes / transfer.totalBytes
  setText(speed, downloading ? rate(story.bytesPerSecond) : '')
}

/** The last boots that are not on their way, each with its story to unfold. */
export function showEnded(stories) {
  const shown = stories.sort((a, b) => b.lastAtMs - a.lastAtMs).slice(0, mostEnded)
  keep(byId('ended'), shown, ({ id }) => id, makeStory, updateStory)
  setText(byId('ended-none'), shown.length === 0 ? 'None yet.' : '')
}

function makeStory() {
  const details = element('details', {}, element('summary'), element('div', { class: 'story' }))
  const item = element('li', {}, details)
  details.addEventListener('toggle', () => unfold(item))
  return item
}

/** What each item tells; its parts are made when somebody unfolds it, for a storm has thousands of them. */
const told = new WeakMap()

function unfold(item) {
  const details = item.firstElementChild
  if (details.open) details.lastElementChild.replaceChildren(...storyParts(told.get(item)))
}

const looks = { booted: 'good', failed: 'bad', refused: 'warn', quiet: 'quiet' }

function updateStory(item, story) {
  // Drawn anew only when it changed: an unfolded story keeps its place and its focus.
  const version = `${story.lastAtMs} ${story.outcome} ${story.diagnosis?.code ?? ''}`
  if (item.dataset.version === version) return
  item.dataset.version = version
  told.set(item, story)
  const summary = item.firstElementChild.firstElementChild
  summary.replaceChildren(
    element('time', {}, clock(story.lastAtMs)),
    element('span', { class: `outcome ${looks[story.outcome] ?? ''}` }, story.outcome),
    element('span', { class: 'mac' }, story.mac),
    element('span', { class: 'what' }, standing(story)),
  )
  unfold(item)
}

function storyParts(story) {
  const who = [story.architecture, story.address, story.uuid, story.interface && `on ${story.interface}`].filter(Boolean).join(' · ')
  const steps = story.milestones.map(({ atMs, kind, note }) =>
    element('li', {}, element('time', {}, `+${duration(atMs - story.startedAtMs)}`), element('span', { class: 'kind' }, kind), element('span', { class: 'note' }, note)),
  )
  const advice = story.diagnosis && story.outcome !== 'booted' ? [element('span', { class: 'remedy' }, story.diagnosis.remedy)] : []
  return [element('span', { class: 'quiet' }, who), element('ol', {}, ...steps), ...advice]
}
