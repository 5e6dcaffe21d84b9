import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'

const cloneNewNet = 0x40000000

/**
 * Runs `task` with this thread inside a network namespace: sockets that it opens stay there for good,
 * so one process can hold server and clients of several networks. Tasks take turns; needs root.
 * `/proc/net` follows, `/sys` does not.
 */
export async function inside<T>(namespace: string, task: () => T | Promise<T>): Promise<T> {
  const mine = turn.then(() => visit(namespace, task))
  turn = mine.catch(() => {})
  return await mine
}

let turn: Promise<unknown> = Promise.resolve()

async function visit<T>(namespace: string, task: () => T | Promise<T>): Promise<T> {
  const home = openSync('/proc/self/ns/net', 'r')
  const away = openSync(`/run/netns/${namespace}`, 'r')
  try {
    enter(away)
    return await task()
  } finally {
    enter(home)
    closeSync(away)
    closeSync(home)
  }
}

let setns: ((descriptor: number, kind: number) => number) | undefined

function enter(descriptor: number): void {
  setns ??= process.getBuiltinModule('node:ffi').dlopen(null, {
    setns: { arguments: ['int32', 'int32'], return: 'int32' },
  }).functions.setns
  assert.equal(setns(descriptor, cloneNewNet), 0, 'setns')
}
