import { showDay } from './chart.js'
import { showBooting, showEnded } from './nodes.js'
import { showSite, showState } from './site.js'

const mostStories = 3000
/** The service says every 15 s that it is alive. */
const silenceMs = 40_000

const stories = new Map()
let site
let hours = []
/** Those that the chart shows: it changes far less often than the nodes. */
let charted
let heardAtMs = Date.now()
let drawing = false
/** This clock and the service's may differ. */
let offsetMs = 0

function take(message) {
  heardAtMs = Date.now()
  if (message.type === 'alive') return
  const news = message.type === 'snapshot' ? message.snapshot : message
  offsetMs = news.atMs - heardAtMs
  if (message.type === 'snapshot') stories.clear()
  for (const story of message.type === 'snapshot' ? news.stories.toReversed() : news.stories) {
    stories.delete(story.id)
    stories.set(story.id, story)
  }
  for (const id of stories.keys()) {
    if (stories.size <= mostStories) break
    stories.delete(id)
  }
  site = message.type === 'snapshot' ? news : (news.site ?? site)
  hours = news.hours ?? hours
  draw()
}

/** At most once a frame, and not at all while nobody looks. */
function draw() {
  if (drawing) return
  drawing = true
  requestAnimationFrame(() => {
    drawing = false
    if (site === undefined) return
    const all = [...stories.values()].filter(isNode)
    const booting = all.filter(({ outcome }) => outcome === 'booting')
    showSite(site, Date.now() + offsetMs)
    if (hours !== charted) showDay(hours)
    charted = hours
    showBooting(booting)
    showEnded(all.filter(wanted))
  })
}

const macFilter = document.getElementById('mac-filter')
const failedFilter = document.getElementById('failed-filter')

/** The start of the MAC addresses that `emf-pxe status` and `probe` play; they are found by that filter alone. */
const playedPrefix = '02:65:6d:'

function isNode({ mac }) {
  return typedMac() !== '' || !mac.startsWith(playedPrefix)
}

function wanted({ outcome, mac }) {
  if (outcome === 'booting') return false
  if (failedFilter.checked && outcome !== 'failed' && outcome !== 'refused') return false
  return mac.includes(typedMac())
}

function typedMac() {
  return macFilter.value.trim().toLowerCase().replaceAll('-', ':')
}

macFilter.addEventListener('input', draw)
failedFilter.addEventListener('change', draw)

/** The browser connects again by itself; what stands on the page meanwhile is marked as old. */
const source = new EventSource('/v1/feed')
source.addEventListener('message', ({ data }) => take(JSON.parse(data)))
source.addEventListener('error', () => showState('no connection', 'bad'))
setInterval(() => {
  if (Date.now() - heardAtMs > silenceMs) showState('no connection', 'bad')
  else if (source.readyState === EventSource.OPEN) draw()
}, 5000)
