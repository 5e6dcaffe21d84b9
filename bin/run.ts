#!/usr/bin/env node
/** Oldest Node that has what we build on (node:ffi, SEA assets, type stripping without a flag). */
const oldestNode = 26

if (Number.parseInt(process.versions.node, 10) >= oldestNode) {
  import('./main.ts').then(({ main }) => main())
} else {
  console.error(`emf-pxe needs Node ${oldestNode} or later; this is ${process.versions.node}.`)
  process.exitCode = 5
}

export {}
