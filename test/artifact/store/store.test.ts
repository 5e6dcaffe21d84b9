import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { ArtifactStore, type StoreStep } from '../../../src/artifact/store/store.ts'
import { EmfPxeError } from '../../../src/errors/error.ts'
import { missing } from '../../support/needs.ts'

const made: string[] = []
after(() => {
  for (const directory of made) rmSync(directory, { recursive: true, force: true })
})

function stateDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-store-'))
  made.push(directory)
  return directory
}

const origin = { url: 'https://edge.test/file', etag: '"1"', fetchedAtMs: 1 }
const current = async (store: ArtifactStore) => (await store.load()).bytes.toString()
const save = (store: ArtifactStore, text: string) => store.save(Buffer.from(text), origin)
const failsWith = (code: string) => (error: unknown) => error instanceof EmfPxeError && error.code === code
const filesIn = (store: ArtifactStore) => readdirSync(store.directory).sort()

describe('the store', () => {
  test('nothing stored yet: no manifest, and loading says what to do', async () => {
    const store = new ArtifactStore(stateDirectory())
    assert.equal(await store.read(), undefined)
    await assert.rejects(store.load(), failsWith('ARTIFACT_MISSING'))
  })

  test('rolling back where nothing was ever stored says so, and makes nothing', async () => {
    const directory = stateDirectory()
    await assert.rejects(new ArtifactStore(directory).rollback(), failsWith('ARTIFACT_MISSING'))
    assert.deepEqual(readdirSync(directory), [])
  })

  test('what was saved is loaded, with where it came from', async () => {
    const store = new ArtifactStore(stateDirectory())
    assert.equal(await save(store, 'one'), 'stored')
    const { entry, bytes, path, isFallback } = await store.load()
    assert.equal(bytes.toString(), 'one')
    assert.equal(readFileSync(path, 'utf8'), 'one')
    assert.equal(isFallback, false)
    assert.deepEqual(
      { ...entry, sha256: entry.sha256.slice(0, 8) },
      { ...origin, sha256: '7692c3ad', sizeBytes: 3 },
    )
  })

  test('the same bytes again: nothing changes but the validators', async () => {
    const store = new ArtifactStore(stateDirectory())
    await save(store, 'one')
    assert.equal(await store.save(Buffer.from('one'), { ...origin, etag: '"2"', fetchedAtMs: 9 }), 'same')
    const manifest = await store.read()
    assert.equal(manifest?.previous, null)
    assert.equal(manifest?.current.etag, '"2"')
    assert.equal(manifest?.current.fetchedAtMs, 1)
  })

  test('two generations are kept, older ones go', async () => {
    const store = new ArtifactStore(stateDirectory())
    for (const text of ['one', 'two', 'three']) await save(store, text)
    const manifest = await store.read()
    const kept = [manifest?.current, manifest?.previous].map((entry) => `${entry?.sha256}.efi`)
    assert.deepEqual(filesIn(store), [...kept, 'lock', 'manifest.json'].sort())
    assert.equal(await current(store), 'three')
  })

  test('rollback, and rollback again', async () => {
    const store = new ArtifactStore(stateDirectory())
    await save(store, 'one')
    await assert.rejects(store.rollback(), failsWith('ARTIFACT_NO_PREVIOUS'))
    await save(store, 'two')
    const bad = (await store.load()).entry.sha256
    await store.rollback()
    assert.equal(await current(store), 'one')
    assert.equal((await store.read())?.heldBack, bad)
    await store.rollback()
    assert.equal(await current(store), 'two')
    assert.equal((await store.read())?.heldBack, null)
  })

  test('rollback with nothing stored', async () => {
    await assert.rejects(new ArtifactStore(stateDirectory()).rollback(), failsWith('ARTIFACT_MISSING'))
  })

  test('a changed file is never loaded: the previous one stands in, and saving repairs it', async () => {
    const store = new ArtifactStore(stateDirectory())
    await save(store, 'one')
    await save(store, 'two')
    const { path } = await store.load()
    writeFileSync(path, 'TWO')
    const loaded = await store.load()
    assert.equal(loaded.bytes.toString(), 'one')
    assert.equal(loaded.isFallback, true)
    await save(store, 'two')
    assert.equal(await current(store), 'two')
  })

  test('a damaged file does not push out the intact one behind it', async () => {
    const store = new ArtifactStore(stateDirectory())
    await save(store, 'one')
    await save(store, 'two')
    writeFileSync((await store.load()).path, 'TWO')
    await save(store, 'three')
    await store.rollback()
    assert.equal(await current(store), 'one')
  })

  test('both files gone', async () => {
    const store = new ArtifactStore(stateDirectory())
    await save(store, 'one')
    rmSync((await store.load()).path)
    await assert.rejects(store.load(), failsWith('ARTIFACT_STORE_DAMAGED'))
  })

  test('rollback to a damaged file is refused, and nothing changes', async () => {
    const store = new ArtifactStore(stateDirectory())
    await save(store, 'one')
    const { path } = await store.load()
    await save(store, 'two')
    writeFileSync(path, 'ONE')
    await assert.rejects(store.rollback(), failsWith('ARTIFACT_STORE_DAMAGED'))
    assert.equal(await current(store), 'two')
  })

  for (const text of [
    '',
    'null',
    '{"schema":"emf-pxe/artifact-store/9"}',
    '{"current":{"sha256":"../../etc/passwd"}}',
  ]) {
    test(`a manifest of ${JSON.stringify(text)} is damaged, and the next save replaces it`, async () => {
      const store = new ArtifactStore(stateDirectory())
      await save(store, 'one')
      writeFileSync(join(store.directory, 'manifest.json'), text)
      await assert.rejects(store.load(), failsWith('ARTIFACT_STORE_DAMAGED'))
      await store.note('check.json', '{}')
      assert.equal(filesIn(store).filter((name) => name.endsWith('.efi')).length, 1)
      await save(store, 'two')
      assert.equal(await current(store), 'two')
    })
  }

  test('a state directory that may not be written', {
    skip: process.getuid?.() === 0 ? 'root may write anywhere' : false,
  }, async () => {
    const directory = stateDirectory()
    chmodSync(directory, 0o500)
    await assert.rejects(save(new ArtifactStore(directory), 'one'), failsWith('PERMISSION_DENIED'))
    chmodSync(directory, 0o700)
  })

  test('what root writes belongs to the directory’s owner', { skip: missing('root') }, async () => {
    const directory = stateDirectory()
    execFileSync('chown', ['1234:2345', directory])
    const store = new ArtifactStore(directory)
    await save(store, 'one')
    const owners = execFileSync('stat', [
      '-c',
      '%u:%g',
      store.directory,
      ...filesIn(store).map((name) => join(store.directory, name)),
    ])
    assert.deepEqual(new Set(owners.toString().trim().split('\n')), new Set(['1234:2345']))
  })
})

const writerPath = join(import.meta.dirname, 'support/writer.ts')

describe('kill -9 at every step', () => {
  const before: readonly StoreStep[] = [
    'locked',
    'file created',
    'file written',
    'file synced',
    'file placed',
    'file durable',
    'manifest created',
    'manifest written',
    'manifest synced',
  ]
  const afterwards: readonly StoreStep[] = ['manifest placed', 'manifest durable', 'collected']
  for (const step of [...before, ...afterwards]) {
    test(`while saving, at “${step}”`, async () => {
      const directory = stateDirectory()
      const store = new ArtifactStore(directory, { lockPatienceMs: 0 })
      await save(store, 'old')
      kill(directory, step, 'save', 'new')
      assert.equal(await current(store), afterwards.includes(step) ? 'new' : 'old')
      await save(store, 'next')
      assert.equal(await current(store), 'next')
      assert.deepEqual(leftovers(store), [])
    })
  }

  for (const step of ['manifest written', 'manifest placed'] as const) {
    test(`while rolling back, at “${step}”`, async () => {
      const directory = stateDirectory()
      const store = new ArtifactStore(directory, { lockPatienceMs: 0 })
      await save(store, 'old')
      await save(store, 'new')
      kill(directory, step, 'rollback')
      assert.equal(await current(store), step === 'manifest placed' ? 'old' : 'new')
      await save(store, 'next')
      assert.deepEqual(leftovers(store), [])
    })
  }

  test('on the very first save', async () => {
    const directory = stateDirectory()
    kill(directory, 'file written', 'save', 'new')
    const store = new ArtifactStore(directory)
    await assert.rejects(store.load(), failsWith('ARTIFACT_MISSING'))
    await save(store, 'next')
    assert.deepEqual(leftovers(store), [])
  })

  function kill(...args: readonly string[]): void {
    const { signal, stderr } = spawnSync(process.execPath, [writerPath, ...args], { encoding: 'utf8' })
    assert.equal(signal, 'SIGKILL', stderr)
  }

  function leftovers(store: ArtifactStore): string[] {
    return filesIn(store).filter((name) => name.startsWith('.'))
  }
})

describe('two writers', () => {
  test('another process holds the lock: busy; when it dies, the lock is free', async () => {
    const directory = stateDirectory()
    const child = spawn(process.execPath, [writerPath, directory, 'hold', 'save', 'theirs'])
    await once(child.stdout, 'data')
    const store = new ArtifactStore(directory, { lockPatienceMs: 0 })
    await assert.rejects(save(store, 'ours'), failsWith('ARTIFACT_STORE_BUSY'))
    child.kill('SIGKILL')
    await once(child, 'exit')
    await save(store, 'ours')
    assert.equal(await current(store), 'ours')
  })

  test('twenty at once in this process: each waits its turn, two generations remain', async () => {
    const directory = stateDirectory()
    const texts = Array.from({ length: 20 }, (_, index) => `text ${index}`)
    const stores = texts.map(() => new ArtifactStore(directory))
    const results = await Promise.all(texts.map((text, index) => stores[index] && save(stores[index], text)))
    assert.deepEqual(new Set(results), new Set(['stored']))
    const store = new ArtifactStore(directory)
    assert.ok(texts.includes(await current(store)))
    assert.equal(filesIn(store).filter((name) => name.endsWith('.efi')).length, 2)
  })
})

describe('a full disk', { skip: missing('root', 'mount:mount') }, () => {
  test('1 MB of tmpfs: the old file stays, nothing half-written stays, and room makes it work', async () => {
    const directory = stateDirectory()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory])
    try {
      const store = new ArtifactStore(directory)
      const old = Buffer.alloc(500_000, 'o')
      await store.save(old, origin)
      const failure = await store.save(Buffer.alloc(600_000, 'n'), origin).then(
        () => assert.fail('it fitted'),
        (error: unknown) => error,
      )
      assert.ok(failure instanceof EmfPxeError)
      assert.equal(failure.code, 'DISK_FULL')
      assert.equal(failure.exitCode, 5)
      assert.match(failure.message, /no room for 600000 bytes\. What was stored before is still served/)
      assert.equal(failure.hint, `df -h ${store.directory}`)
      assert.ok((await store.load()).bytes.equals(old))
      assert.equal(filesIn(store).length, 3)
      await store.save(Buffer.alloc(400_000, 'n'), origin)
      assert.equal((await store.load()).bytes.length, 400_000)
    } finally {
      execFileSync('umount', [directory])
    }
  })

  test('full to the last byte when only the manifest is missing', async () => {
    const directory = stateDirectory()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory])
    try {
      const store = new ArtifactStore(directory)
      await store.save(Buffer.alloc(8192, 'o'), origin)
      await assert.rejects(store.save(Buffer.alloc(65_536 - 16_384, 'n'), origin), failsWith('DISK_FULL'))
      assert.equal((await store.load()).bytes.length, 8192)
      assert.equal(filesIn(store).filter((name) => name.endsWith('.efi')).length, 1)
    } finally {
      execFileSync('umount', [directory])
    }
  })
})
