import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { seededRandom } from '../../src/net/seeded-random.ts'
import { OldestFirst } from '../../src/tftp/oldest-first.ts'

test('the oldest, whoever goes', () => {
  const items = new OldestFirst<string>()
  assert.equal(items.oldest, undefined)
  for (const item of ['a', 'b', 'c', 'd']) items.add(item)
  items.add('a')
  assert.equal(items.oldest, 'a')
  assert.equal(items.delete('b'), true)
  assert.equal(items.delete('b'), false)
  assert.equal(items.delete('a'), true)
  assert.equal(items.oldest, 'c')
  items.add('a')
  items.delete('c')
  items.delete('a')
  assert.equal(items.oldest, 'd')
  items.delete('d')
  assert.equal(items.oldest, undefined)
  items.add('e')
  assert.equal(items.oldest, 'e')
})

test('the same as an array that is searched, 20,000 times', () => {
  const random = seededRandom(7)
  const items = new OldestFirst<number>()
  const plain: number[] = []
  for (let turn = 0; turn < 20_000; turn++) {
    const item = Math.floor(random() * 50)
    const at = plain.indexOf(item)
    if (random() < 0.5) {
      items.add(item)
      if (at < 0) plain.push(item)
    } else {
      assert.equal(items.delete(item), at >= 0)
      if (at >= 0) plain.splice(at, 1)
    }
    assert.equal(items.oldest, plain[0])
  }
})

test('what was removed is let go, also when nobody ever asks for the oldest', async () => {
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  const items = new OldestFirst<object>()
  const gone: WeakRef<object>[] = []
  const comeAndGo = () => {
    const few = Array.from({ length: 20 }, () => ({}))
    for (const item of few) items.add(item)
    for (const item of few) items.delete(item)
    gone.push(...few.map((item) => new WeakRef(item)))
  }
  for (let turn = 0; turn < 500; turn++) comeAndGo()
  // A WeakRef holds until the turn of the event loop is over.
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  const kept = gone.filter((item) => item.deref() !== undefined).length
  assert(kept < 100, `${kept} of ${gone.length} are kept`)
})
