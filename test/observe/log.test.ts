import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Happening } from '../../src/events/event.ts'
import { BootStories } from '../../src/events/stories.ts'
import { terminalLog } from '../../src/observe/log.ts'
import { tellStory } from '../../src/observe/tell-story.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { failed, node, noonMs, offered, requested } from './live/support.ts'

const theme = createTheme({ color: false, unicode: true })
const clearScreen = '\x1b[2J'

/** What a terminal gets when these things happen to one node. */
function written(...happenings: readonly Happening[]): string {
  const stories = new BootStories()
  let text = ''
  const log = terminalLog((line) => (text += line), stories, {
    theme,
  })
  for (const happening of happenings) {
    const event = { atMs: noonMs, ...happening }
    stories.apply(event)
    log(event)
  }
  const story = stories.get(node.mac)
  return text + (story === undefined ? '' : tellStory(story, theme, noonMs))
}

test('the name of a file that is not served cannot steer the terminal', () => {
  const text = written(offered, {
    type: 'tftp.refused',
    file: `evil${clearScreen}`,
    reason: 'not-found',
    code: 1,
    ...node,
  })
  assert.match(text, /the node asked for the file "evil\\x1b\[2J"/)
  assert(!text.includes('\x1b'), JSON.stringify(text))
})

test('nor can the message with which a node ends its download', () => {
  const text = written(offered, requested, {
    ...failed,
    reason: 'client-error',
    detail: `ERROR 0: ${clearScreen}`,
  } as Happening)
  assert.match(text, /the node ended the download itself: ERROR 0: \\x1b\[2J/)
  assert(!text.includes('\x1b'), JSON.stringify(text))
})
