import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defaultKubernetes, defaultPaths, type RenderValues } from '../../src/deploy/values.ts'

const root = join(import.meta.dirname, '..', '..')

/** Templates as they lie in the source tree. */
export function readTemplate(name: string): string {
  return readFileSync(join(root, 'templates', name), 'utf8')
}

export const sampleValues: RenderValues = {
  config: { interfaces: [{ name: 'eth1' }], orchestrator: { fqdn: 'edge.example.com' } },
  version: '0.1.0',
  paths: defaultPaths,
  kubernetes: { ...defaultKubernetes('0.1.0'), chartRegistry: 'oci://registry.example.com/charts' },
}

/** Compares with `test/deploy/golden/NAME`; EMF_PXE_UPDATE_GOLDEN=1 writes it, to be read before it is committed. */
export function assertGolden(name: string, content: string): void {
  const file = join(import.meta.dirname, 'golden', name)
  if (process.env.EMF_PXE_UPDATE_GOLDEN === '1') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  assert.equal(content, readFileSync(file, 'utf8'), `differs from test/deploy/golden/${name}`)
}
