import { element, setText, svg } from './elements.js'

const kinds = [
  { name: 'delivered', label: 'boot files delivered', count: (counts) => counts.fetched ?? 0 },
  { name: 'failed', label: 'downloads failed', count: (counts) => sum(counts, 'failed:') },
  {
    name: 'refused',
    label: 'requests refused',
    count: (counts) => sum(counts, 'refused:') - (counts['refused:autoexec'] ?? 0),
  },
]
const [width, height, left, bottom, top] = [900, 170, 34, 22, 8]

/** Stacked bars of the last 24 hours, with the numbers in words for those who do not see them. */
export function showDay(hours) {
  const columns = hours.map(({ hourMs, counts }) => ({ hourMs, parts: kinds.map(({ count }) => count(counts)) }))
  const totals = kinds.map((_kind, index) => columns.reduce((all, { parts }) => all + parts[index], 0))
  showTotals(totals)
  const tallest = niceTop(Math.max(1, ...columns.map(({ parts }) => parts.reduce((a, b) => a + b, 0))))
  const picture = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-labelledby': 'chart-title' },
    svg('title', { id: 'chart-title' }, `Boots per hour: ${kinds.map(({ label }, index) => `${totals[index]} ${label}`).join(', ')} in 24 hours`),
    ...(tallest % 2 === 0 ? [0, 0.5, 1] : [0, 1]).flatMap((share) => gridLine(share, tallest)),
    ...columns.flatMap((column, index) => bar(column, index, columns.length, tallest)),
  )
  document.getElementById('chart').replaceChildren(picture)
  const legend = document.getElementById('legend')
  if (legend.childElementCount === 0)
    legend.append(...kinds.map(({ name, label }) => element('span', {}, element('span', { class: `swatch fill-${name}` }), label)))
}

function showTotals(totals) {
  const list = document.getElementById('totals')
  const rows = kinds.map(({ label }, index) => [label, totals[index]])
  if (list.childElementCount === 0)
    list.append(...rows.map(([label]) => element('div', {}, element('dt', {}, label), element('dd', {}))))
  rows.forEach(([, value], index) => setText(list.children[index].lastElementChild, String(value)))
}

function gridLine(share, tallest) {
  const y = yOf(share * tallest, tallest)
  return [
    svg('line', { class: 'grid', x1: left, x2: width, y1: y, y2: y }),
    svg('text', { x: left - 6, y: y + 4, 'text-anchor': 'end' }, short(share * tallest)),
  ]
}

function bar({ hourMs, parts }, index, count, tallest) {
  const slot = (width - left) / count
  const x = left + index * slot + slot * 0.15
  const hour = String(new Date(hourMs).getHours()).padStart(2, '0')
  let below = 0
  const pieces = parts.flatMap((value, kind) => {
    if (value <= 0) return []
    const y = yOf(below + value, tallest)
    const piece = svg('rect', { class: `fill-${kinds[kind].name}`, x, y, width: slot * 0.7, height: yOf(below, tallest) - y, rx: 2 },
      svg('title', {}, `${hour}:00: ${value} ${kinds[kind].label}`))
    below += value
    return [piece]
  })
  const label = svg('text', { x: x + slot * 0.35, y: height - 6, 'text-anchor': 'middle' }, hour)
  // Every third hour, and the one that is running.
  return index % 3 === (count - 1) % 3 ? [...pieces, label] : pieces
}

/** Fits left of the bars. */
function short(value) {
  return value >= 10_000 ? `${value / 1000}k` : String(value)
}

function yOf(value, tallest) {
  return top + (height - top - bottom) * (1 - value / tallest)
}

/** 1, 2 or 5 times a power of ten: numbers that are easy to read. */
function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value)
}

function sum(counts, prefix) {
  return Object.entries(counts).reduce((all, [name, count]) => all + (name.startsWith(prefix) ? count : 0), 0)
}
