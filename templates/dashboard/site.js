import { element, setText } from './elements.js'
import { bytes, duration } from './format.js'

const byId = (id) => document.getElementById(id)

/** Header and problems: what is true of the service as a whole. */
export function showSite({ service, interfaces, bootFiles, problems, ready }, nowMs) {
  const [word, look] = stateOf(service.state, ready)
  showState(word, look)
  byId('facts').replaceChildren(
    ...[
      `version ${service.version}`,
      `up ${duration(nowMs - service.startedAtMs)}`,
      ...interfaces.map(({ name, state, address }) => (state === 'listening' ? `${name} ${address}` : `${name} ${state}`)),
      ...bootFiles.map(({ architecture, state, sizeBytes }) => `${architecture} ${state === 'served' ? bytes(sizeBytes) : 'missing'}`),
    ].map((text) => element('li', {}, text)),
  )
  byId('problems').hidden = problems.length === 0
  byId('problem-list').replaceChildren(
    ...problems.map(({ severity, sentence, remedy }) =>
      element('li', {},
        element('strong', { class: severity === 'error' ? 'bad' : 'warn' }, `${severity}: `),
        sentence,
        element('span', { class: 'remedy' }, remedy),
      ),
    ),
  )
}

export function showState(word, look) {
  const badge = byId('state')
  setText(badge, word)
  badge.className = `badge ${look}`
  document.title = look === 'good' ? 'emf-pxe' : `${word} · emf-pxe`
}

function stateOf(state, ready) {
  if (state !== 'serving') return [state, 'warn']
  return ready ? ['ready', 'good'] : ['not ready', 'bad']
}
