import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { writeBundle } from '../../src/checks/bundle.ts'
import { finished, someFacts } from './support.ts'

const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')
const token = `${header}.${Buffer.from('{"sub":"someone"}').toString('base64url')}.c2lnbmF0dXJl`
const opaque = 'opaque-secret-4711'

test('the report holds what support needs, and no secret wherever one stood', async () => {
  const options = someFacts({
    run: async (name) => ({
      kind: 'ok',
      stdout: `${name} said: Authorization: Bearer ${opaque}\nhttps://user:${opaque}@proxy.example.com/ ${token}`,
    }),
  })
  const { configFile, stateDirectory } = options
  const tokenFile = join(stateDirectory, 'token')
  writeFileSync(tokenFile, `${token}\n`)
  const configText = `interfaces: [{ name: lo }]\norchestrator: { fqdn: edge.example.com, tokenFile: ${tokenFile} }\n`
  writeFileSync(configFile, `${configText}# ${token}\n`)
  mkdirSync(join(stateDirectory, 'artifact'), { recursive: true })
  writeFileSync(join(stateDirectory, 'artifact/manifest.json'), `{"url":"https://u:${opaque}@x/"}`)
  const { readConfigText } = await import('../../src/config/load.ts')
  const facts = { ...options, loadConfig: async () => readConfigText(configText, configFile).config }

  const file = join(dirname(configFile), 'report.tar.gz')
  const sentence = await writeBundle(file, [finished('a', { evidence: `saw ${token}` })], facts)
  assert.match(sentence, /report\.tar\.gz, .*look through it/)
  assert.equal(statSync(file).mode & 0o777, 0o600)

  const content = gunzipSync(readFileSync(file)).toString('latin1')
  for (const secret of [token, opaque, token.split('.')[2] ?? ''])
    assert.ok(!content.includes(secret), secret)
  const wanted = ['status.json', 'config.yaml', 'journal.txt', 'history.json', 'nftables.txt', 'capture.']
  for (const name of wanted) assert.ok(content.includes(`emf-pxe-report/${name}`), name)
  assert.match(content, /edge\.example\.com/)
})
