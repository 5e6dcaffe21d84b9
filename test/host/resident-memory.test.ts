import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { cleanFileMappings } from '../../src/host/resident-memory.ts'

const mapping = (head: string, anonymousKb: number) =>
  `${head}\nSize:   64 kB\nRss:    64 kB\nAnonymous:   ${anonymousKb} kB\nVmFlags: rd mr mw me\n`

test('only pages that the file still has are let go of', () => {
  const smaps = [
    mapping('00400000-00500000 r--p 00000000 fe:00 42    /opt/emf-pxe', 0),
    mapping('00500000-00700000 r-xp 00100000 fe:00 42    /opt/emf pxe (deleted)', 0),
    mapping('00700000-00710000 r--p 00300000 fe:00 42    /opt/emf-pxe', 8),
    mapping('00710000-00720000 rw-p 00310000 fe:00 42    /opt/emf-pxe', 0),
    mapping('30000000-30100000 rw-p 00000000 00:00 0     [heap]', 0),
    mapping('7ffc0000-7ffd0000 r-xp 00000000 00:00 0     [vdso]', 0),
  ].join('')
  assert.deepEqual(cleanFileMappings(smaps), [
    { start: 0x40_0000n, bytes: 0x10_0000n },
    { start: 0x50_0000n, bytes: 0x20_0000n },
  ])
})

test('a process that let go of its start has less in memory, and goes on', () => {
  const room = join(import.meta.dirname, '../../src/host/resident-memory.ts')
  const program = `
    import { readFileSync } from 'node:fs'
    import { releaseStartMemory } from ${JSON.stringify(room)}
    const residentKb = () => Number(/^VmRSS:\\s+(\\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
    const beforeKb = residentKb()
    releaseStartMemory()
    console.log(JSON.stringify({ beforeKb, afterKb: residentKb() }))`
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', program]
  const { beforeKb, afterKb } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  assert(afterKb < beforeKb * 0.8, `${beforeKb} kB before, ${afterKb} kB after`)
})
