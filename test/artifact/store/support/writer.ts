import { ArtifactStore } from '../../../../src/artifact/store/store.ts'

/**
 * A process of its own that changes a store and dies by SIGKILL at one step, as at a power cut:
 * `writer.ts STATE_DIRECTORY STEP save TEXT` or `… STEP rollback`. The step `hold` stays at the lock.
 */
const [stateDirectory = '', step, action, text = ''] = process.argv.slice(2)
const store = new ArtifactStore(stateDirectory, {
  onStep: (at) => {
    if (at === step) process.kill(process.pid, 'SIGKILL')
    if (at === 'locked' && step === 'hold') {
      process.stdout.write('locked\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }
  },
})
if (action === 'rollback') await store.rollback()
else await store.save(Buffer.from(text), { url: 'https://edge.test/file', fetchedAtMs: 2 })
