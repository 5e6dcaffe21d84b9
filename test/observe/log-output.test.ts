import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { logOutput, lostAsJson, lostAsText } from '../../src/observe/log-output.ts'

const line = `${'x'.repeat(999)}\n`

test('a reader that stands still costs 5 MB and lines, not memory without end', () => {
  const stream = new PassThrough()
  const write = logOutput(stream, lostAsText)
  for (let lines = 0; lines < 20_000; lines++) write(line)
  assert(stream.writableLength < 5e6, `${stream.writableLength} bytes wait`)
})

test('when the reader goes on, the next line is preceded by how many were lost', async () => {
  const stream = new PassThrough()
  const write = logOutput(stream, lostAsJson)
  for (let lines = 0; lines < 10_000; lines++) write(line)
  const read: Buffer[] = []
  stream.on('data', (chunk: Buffer) => read.push(chunk))
  await new Promise((resolve) => stream.write('', resolve))
  write('first\n')
  write('second\n')
  stream.end()
  await new Promise((resolve) => stream.once('end', resolve))
  const lines = Buffer.concat(read).toString().trimEnd().split('\n')
  const written = lines.length - 3
  const { event, level, lines: lost } = JSON.parse(lines.at(-3) ?? '')
  assert.deepEqual([event, level, lost], ['log.lost', 'warning', 10_000 - written])
  assert.deepEqual(lines.slice(-2), ['first', 'second'])
})
