import { appendFileSync } from 'node:fs'
import { BootStories } from '../../src/events/stories.ts'
import { History } from '../../src/observe/history/history.ts'

/** Writes stories as fast as it can until it is killed, and tells in a side file which ones were finished. */
const [file = '', log = '', round = '0'] = process.argv.slice(2)
const stories = new BootStories()
const history = new History(stories, { file, keepDays: 30, maxBytes: 1e8 })

for (let index = 0; ; index++) {
  const mac = `52:54:00:0${round}:${((index >> 8) & 255).toString(16).padStart(2, '0')}:${(index & 255).toString(16).padStart(2, '0')}`
  const node = { mac, interface: 'eth1' }
  const atMs = 1_000_000 * (Number(round) + 1) + index
  appendFileSync(`${log}.begun`, `${mac}@${atMs}\n`)
  for (const event of [
    { atMs, type: 'dhcp.offered', form: 'direct', gives: 'file', bootFile: 'a', server: '', ...node },
    {
      atMs,
      type: 'tftp.completed',
      transfer: 1,
      file: 'a',
      totalBytes: 1,
      durationMs: 1,
      resentBlocks: 0,
      ...node,
    },
  ] as const) {
    stories.apply(event)
    history.record(event)
  }
  appendFileSync(log, `${mac}@${atMs}\n`)
  if (index === 200) process.stdout.write('writing\n')
}
