import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { collectLicenses, packageDirectory } from '../../bin/build/licenses.ts'

describe('licences', () => {
  for (const [file, directory] of [
    ['node_modules/yaml/dist/index.js', ['node_modules/yaml']],
    ['node_modules/@oclif/core/lib/flags.js', ['node_modules/@oclif/core']],
    ['node_modules/ora/node_modules/@a/b/index.js', ['node_modules/ora/node_modules/@a/b']],
    ['src/cli/help.ts', []],
  ] as const) {
    test(file, () => {
      assert.deepEqual(packageDirectory(file), directory)
    })
  }

  test('ours first, each package once with its text, Node’s last', () => {
    const files = [
      'node_modules/zod/index.js',
      'node_modules/zod/v4/index.js',
      'node_modules/emoji-regex/index.js',
      'bin/run.ts',
    ]
    const text = collectLicenses(files, 'the text of Node')
    const titles = [...text.matchAll(/^={78}\n(.+)\n={78}$/gm)].map(([, title]) =>
      title?.replace(/ \d\S*(?=:)/, ''),
    )
    assert.deepEqual(titles, [
      'emf-pxe: Apache-2.0',
      'emoji-regex: MIT',
      'zod: MIT',
      `Node.js ${process.versions.node} and what it contains`,
    ])
    assert.equal(text.match(/Permission is hereby granted/g)?.length, 2)
    assert.ok(text.endsWith('the text of Node\n'))
  })
})
