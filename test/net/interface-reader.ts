/** Runs inside a namespace: for each line on stdin, one line of JSON with all NICs and the states of those named as arguments. */
import { createInterface } from 'node:readline'
import { readInterfaces } from '../../src/net/interfaces.ts'
import { readInterfaceStates } from '../../src/net/watch.ts'

for await (const _line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify({ all: readInterfaces(), states: readInterfaceStates(process.argv.slice(2)) }))
