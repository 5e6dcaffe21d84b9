import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net, { type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { download } from '../../../src/artifact/download/download.ts'
import { type Identity, makeIdentity } from '../../../src/demo/orchestrator-certificates.ts'
import { VirtualClock } from '../../../src/net/virtual-clock.ts'
import { createHttpClient, type HttpClient } from '../../../src/orchestrator/http.ts'
import { findProgram, missing } from '../../support/needs.ts'

const host = 'nginx.edge.test'
const url = `https://${host}/tink-stack/signed_ipxe.efi`
const bytes = randomBytes(1_080_320)

describe('from nginx, as the orchestrator serves it', { skip: missing('nginx:nginx-light') }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'emf-pxe-nginx-'))
  let identity: Identity
  let port: number
  let client: HttpClient
  let nginx: ChildProcess

  before(async () => {
    chmodSync(directory, 0o755)
    identity = await makeIdentity({ commonName: host })
    port = await freePort()
    client = createHttpClient({
      trust: { extraAuthorities: [], pinnedSha256: identity.sha256 },
      connectTo: () => ({ host: '127.0.0.1', port }),
    })
    writeFileSync(join(directory, 'key.pem'), identity.keyPem)
    writeFileSync(join(directory, 'cert.pem'), identity.certificatePem)
    mkdirSync(join(directory, 'tink-stack'))
    writeFileSync(join(directory, 'tink-stack/signed_ipxe.efi'), bytes)
  })
  after(() => {
    nginx.kill('SIGKILL')
    rmSync(directory, { recursive: true, force: true })
  })

  test('whole; unchanged by ETag and by date; resumed after nginx was killed half-way', async () => {
    const clock = new VirtualClock()
    nginx = await start('')
    const first = await download({ client, url, clock })
    assert.ok(first.kind === 'downloaded' && first.bytes.equals(bytes) && first.etag !== undefined)
    const known = { etags: [first.etag] }
    assert.equal((await download({ client, url, clock, known })).kind, 'unchanged')
    const dated = { etags: [], lastModified: first.lastModified }
    assert.equal((await download({ client, url, clock, known: dated })).kind, 'unchanged')
    nginx.kill('SIGKILL')
    await once(nginx, 'exit')

    nginx = await start('limit_rate_after 300k; limit_rate 1k;')
    let killed = false
    const resumed = await download({
      client,
      url,
      clock,
      onProgress: ({ receivedBytes }) => {
        if (receivedBytes < 300_000 || killed) return
        killed = true
        nginx.kill('SIGKILL')
      },
      onWaiting: ({ delayMs }) =>
        void start('').then((child) => {
          nginx = child
          return clock.advance(delayMs)
        }),
    })
    assert.ok(resumed.kind === 'downloaded' && resumed.bytes.equals(bytes))
    const log = readFileSync(join(directory, 'access.log'), 'utf8').trim().split('\n')
    assert.match(log.at(-1) ?? '', /^206 \d{5,6}$/)
    assert.deepEqual(
      log.slice(0, 3).map((line) => line.split(' ')[0]),
      ['200', '304', '304'],
    )
  })

  async function start(extra: string): Promise<ChildProcess> {
    // One process, so that a kill is a whole crash.
    const configuration = `daemon off; master_process off; pid ${directory}/pid; error_log ${directory}/error.log;
events {}
http {
  log_format short '$status $body_bytes_sent'; access_log ${directory}/access.log short;
  client_body_temp_path ${directory}/t1; proxy_temp_path ${directory}/t2; fastcgi_temp_path ${directory}/t3;
  uwsgi_temp_path ${directory}/t4; scgi_temp_path ${directory}/t5;
  server { listen 127.0.0.1:${port} ssl; ssl_certificate ${directory}/cert.pem; ssl_certificate_key ${directory}/key.pem;
    root ${directory}; ${extra} }
}`
    writeFileSync(join(directory, 'nginx.conf'), configuration)
    const child = spawn(findProgram('nginx') ?? 'nginx', [
      '-e',
      `${directory}/error.log`,
      '-c',
      `${directory}/nginx.conf`,
    ])
    await reachable()
    return child
  }

  /** Tries until the port answers; each refused connection costs a millisecond. */
  async function reachable(): Promise<void> {
    for (;;) {
      const socket = net.connect(port, '127.0.0.1')
      const isOpen = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(() => false),
      ]).catch(() => false)
      socket.destroy()
      if (isOpen) return
    }
  }
})

async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
