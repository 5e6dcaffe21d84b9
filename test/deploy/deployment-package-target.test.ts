import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { deploymentPackageTarget } from '../../src/deploy/targets/deployment-package.ts'
import { defaultKubernetes, type KubernetesValues } from '../../src/deploy/values.ts'
import { sampleValues } from './support.ts'

describe('before a Deployment Package is written', () => {
  const notes = (change: Partial<KubernetesValues>) =>
    deploymentPackageTarget('.').notes({
      values: { ...sampleValues, kubernetes: { ...defaultKubernetes('0.1.0'), ...change } },
      files: [],
      facts: new Map(),
      program: undefined,
    })
  const chartRegistry = 'oci://charts.lab.test/edge'
  const imageRepository = 'images.lab.test/emf-pxe'

  for (const [name, change, said] of [
    [
      'nothing is named',
      {},
      [/registry\.example\.com\/charts is only an example: .*--chart-registry/, /--image/],
    ],
    ['the chart’s registry is named', { chartRegistry }, [/The image emf-pxe is in no registry: .*--image/]],
    ['the image is named', { imageRepository }, [/--chart-registry/]],
    ['both are named', { chartRegistry, imageRepository }, []],
  ] as const)
    test(`${name}: what is missing is told`, () => {
      const told = notes(change)
      assert.equal(told.length, said.length)
      for (const [index, pattern] of said.entries()) assert.match(told[index] ?? '', pattern)
    })
})
