import assert from 'node:assert/strict'
import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { brokenCommandLines } from '../support/command-lines.ts'
import { projectRoot } from '../support/imports.ts'

/** Everything that people read: what the program prints, what it installs, and what is written about it. */
const patterns = ['*.md', 'docs/**/*.md', 'src/**/*', 'commands/**/*', 'templates/**/*', 'bin/**/*', '.ci/*']
const files = globSync(patterns, { cwd: projectRoot })
  .filter((path) => statSync(join(projectRoot, path)).isFile())
  .sort()

describe('every command line that we print can be run', () => {
  for (const path of files) {
    const text = readFileSync(join(projectRoot, path), 'utf8')
    if (!/emf-pxe [a-z]|install\.sh --/.test(text)) continue
    test(path, async () => assert.deepEqual(await brokenCommandLines(text), []))
  }
})

describe('the search itself', () => {
  for (const [name, text, found] of [
    ['a command that exists', '→ emf-pxe nodes export --site x', []],
    ['prose', 'emf-pxe needs root, and emf-pxe met it', []],
    ['a command that does not exist', "hint: 'emf-pxe doctor'", ['emf-pxe doctor']],
    ['the same in prose that tells what to type', 'run: emf-pxe doctor', ['emf-pxe doctor']],
    ['a flag that does not exist', '`emf-pxe fetch --force`', ['emf-pxe fetch --force']],
    ['a flag of another command', 'emf-pxe nodes --site x', ['emf-pxe nodes --site x']],
    ['a flag on the next line', 'emf-pxe init --yes \\\n  --forced', ['emf-pxe init --yes --forced']],
    ['a flag with its no', 'emf-pxe probe --no-fetch', []],
    ['a command in a container', '`docker exec emf-pxe emf-pxe health --deep`', ['emf-pxe health --deep']],
    ['what follows the command', '`emf-pxe health` and then curl --head', []],
    ['the installation script', 'sh install.sh --targets systemd', ['install.sh --targets systemd']],
  ] as const)
    test(name, async () => assert.deepEqual(await brokenCommandLines(text), found))
})
