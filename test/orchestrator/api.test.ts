import assert from 'node:assert/strict'
import { after, afterEach, before, suite, test } from 'node:test'
import { inspect } from 'node:util'
import { demoProjectId, EmbeddedOrchestrator } from '../../src/demo/orchestrator.ts'
import type { ApiAccess } from '../../src/orchestrator/api.ts'
import { type CatalogFile, uploadToCatalog } from '../../src/orchestrator/catalog.ts'
import { type HostRegistration, registerHost } from '../../src/orchestrator/hosts.ts'
import { createHttpClient } from '../../src/orchestrator/http.ts'
import { listProjects, orchestratorInfo } from '../../src/orchestrator/info.ts'
import { Secret } from '../../src/orchestrator/secret.ts'
import { decodeToken } from '../../src/orchestrator/token.ts'
import { assertFails, failureOf } from './support/failing.ts'

const uuid = '4c4c4544-2046-5310-8052-cac04f515233'
const host: HostRegistration = { name: 'node-2500JF3', serial: '2500JF3', uuid, autoOnboard: true }
const files: readonly CatalogFile[] = [
  { fileName: 'registry.yaml', bytes: Buffer.from('specSchema: Registry\n') },
  { fileName: 'package.yaml', bytes: Buffer.from('specSchema: DeploymentPackage\n') },
]

for (const release of ['2025.2', '2026.0'] as const)
  suite(`orchestrator ${release}`, () => {
    let orchestrator: EmbeddedOrchestrator
    before(async () => {
      orchestrator = await EmbeddedOrchestrator.start({ release })
    })
    afterEach(() => {
      orchestrator.faults.clear()
      orchestrator.api.hosts.length = 0
      orchestrator.api.uploads.length = 0
    })
    after(() => orchestrator.close())

    function access(token = orchestrator.issueToken()): ApiAccess {
      const trust = { extraAuthorities: [orchestrator.authority.certificatePem] }
      const client = createHttpClient({ trust, connectTo: orchestrator.connectTo, timeoutMs: 3000 })
      return { client, fqdn: orchestrator.fqdn, token: new Secret(token) }
    }
    const register = (over: Partial<HostRegistration> = {}, token?: string) =>
      registerHost(access(token), orchestrator.project, { ...host, ...over })
    const registerPath = () => `/v1/projects/${orchestrator.project}/compute/hosts/register`
    const uploadPath = () => `/v3/projects/${orchestrator.project}/catalog/uploads`

    test('version and features', async () => {
      const info = await orchestratorInfo(access())
      if (release === '2025.2') {
        assert.equal(info, undefined)
        return
      }
      assert.equal(info?.version, '2026.0.1')
      assert.deepEqual(
        [...info.features],
        [
          ['edge-infrastructure-manager', true],
          ['edge-infrastructure-manager.onboarding', true],
          ['application-orchestration', false],
        ],
      )
    })

    test('projects: tokens have their ids, addresses their names', async () => {
      const projects = await listProjects(access())
      assert.deepEqual(projects, [{ name: orchestrator.project, id: demoProjectId }])
      assert.deepEqual(decodeToken(access().token).projects, [demoProjectId])
    })

    test('projects in a form that is not known', async () => {
      orchestrator.setFault('/v1/projects', {
        kind: 'status',
        status: 200,
        body: '[{"name":"a"},{"x":1},"b"]',
      })
      assert.deepEqual(await listProjects(access()), [{ name: 'a', id: undefined }])
    })

    suite('registering hosts', () => {
      test('a new host', async () => {
        const outcome = await register()
        assert.equal(outcome.kind, 'registered')
        assert.match((outcome.kind === 'registered' && outcome.resourceId) || '', /^host-[0-9a-f]{8}$/)
        const [{ resourceId: _id, ...stored } = {}] = orchestrator.api.hosts
        assert.deepEqual(stored, { name: host.name, serialNumber: '2500JF3', uuid, autoOnboard: true })
      })

      test('the same again is fine', async () => {
        const first = await register()
        const second = await register()
        assert.equal(second.kind, 'alreadyRegistered')
        assert.equal(second.resourceId, first.kind === 'registered' && first.resourceId)
        assert.equal(orchestrator.api.hosts.length, 1)
      })

      test('the same serial with another UUID is a conflict', async () => {
        await register()
        const outcome = await register({ uuid: uuid.replace('4c', '5c') })
        assert.deepEqual(outcome, {
          kind: 'conflict',
          message: 'another host has this serial number or this UUID',
        })
      })

      test('by serial alone, by UUID alone', async () => {
        assert.equal((await register({ uuid: undefined })).kind, 'registered')
        assert.equal((await register({ serial: undefined })).kind, 'registered')
        assert.equal((await register({ serial: undefined })).kind, 'alreadyRegistered')
      })

      test('a row that the orchestrator does not take', async () => {
        assert.deepEqual(await register({ name: 'a name of more than 20 characters' }), {
          kind: 'rejected',
          message: 'invalid HostRegister.Name',
        })
      })

      test('too many requests: it waits as long as it is asked to', async () => {
        const waits: number[] = []
        const wait = async (ms: number) => waits.push(ms)
        const busy = { kind: 'status', status: 429, headers: { 'retry-after': '3' }, times: 2 } as const
        orchestrator.setFault(registerPath(), busy)
        const outcome = await registerHost(access(), orchestrator.project, host, { wait })
        assert.equal(outcome.kind, 'registered')
        assert.deepEqual(waits, [3000, 3000])
      })

      test('a failing orchestrator: it doubles the wait, then says so', async () => {
        const waits: number[] = []
        const wait = async (ms: number) => waits.push(ms)
        orchestrator.setFault(registerPath(), { kind: 'status', status: 503 })
        await assertFails(registerHost(access(), orchestrator.project, host, { wait }), {
          code: 'HTTP_SERVER_ERROR',
          exitCode: 6,
          message: /503/,
        })
        assert.deepEqual(waits, [1000, 2000, 4000])
      })

      test('an expired token', () =>
        assertFails(register({}, orchestrator.issueToken({ lifetimeSeconds: -1 })), {
          code: 'HTTP_UNAUTHORIZED',
          exitCode: 6,
          message: /401 \(not signed in\): Jwt is missing or expired/,
          hint: /--token-file/,
        }))

      test('a user who may not', () =>
        assertFails(register({}, orchestrator.issueToken({ groups: [] })), {
          code: 'HTTP_FORBIDDEN',
          exitCode: 6,
          message: /403 \(not allowed\): blocked by policy/,
          hint: /into the Host-Manager-Group of the project “demo-project”/,
        }))

      test('a project that does not exist', () =>
        assertFails(registerHost(access(), 'nowhere', host), {
          code: 'HTTP_NOT_FOUND',
          exitCode: 6,
          message: /\/v1\/projects\/nowhere\/compute\/hosts\/register: it answered 404/,
          hint: /project’s name, “nowhere”/,
        }))
    })

    suite('uploading to the catalog', () => {
      const upload = (token?: string) => uploadToCatalog(access(token), orchestrator.project, files)

      test('all files in one session, in the shape that this release takes', async () => {
        await upload()
        const { uploads } = orchestrator.api
        assert.deepEqual(
          uploads.map(({ fileName, bytes }) => [fileName, bytes.toString()]),
          files.map(({ fileName, bytes }) => [fileName, bytes.toString()]),
        )
        assert.equal(new Set(uploads.map(({ session }) => session)).size, 1)
        const asked = orchestrator.requests.filter(({ path }) => path === uploadPath())
        assert.equal(asked.length, release === '2025.2' ? 2 : 3)
      })

      test('401', () =>
        assertFails(upload(orchestrator.issueToken({ lifetimeSeconds: -1 })), {
          code: 'HTTP_UNAUTHORIZED',
          exitCode: 6,
          message: /401/,
        }))

      test('403 names the group', () =>
        assertFails(upload(orchestrator.issueToken({ groups: [] })), {
          code: 'HTTP_FORBIDDEN',
          exitCode: 6,
          message: /403/,
          hint: /into the Edge-Manager-Group of the project “demo-project”/,
        }))

      test('409: this version is there already', async () => {
        const body = '{"code":6,"message":"application emf-pxe:0.1.0 already exists"}'
        orchestrator.setFault(uploadPath(), { kind: 'status', status: 409, body })
        await assertFails(upload(), {
          code: 'CATALOG_CONFLICT',
          exitCode: 6,
          message: /^registry\.yaml: it answered 409: application emf-pxe:0\.1\.0 already exists$/,
          hint: /version/,
        })
      })

      for (const status of [400, 422])
        test(`${status}: the catalog’s own words, after one try`, async () => {
          const before = orchestrator.requests.length
          const body = '{"message":"uploaded file registry.yaml is invalid YAML: rootUrl"}'
          orchestrator.setFault(uploadPath(), { kind: 'status', status, body })
          await assertFails(upload(), {
            code: 'CATALOG_REJECTED',
            exitCode: 6,
            message:
              /^registry\.yaml: the catalog says: uploaded file registry\.yaml is invalid YAML: rootUrl$/,
          })
          assert.equal(orchestrator.requests.length, before + 1)
        })

      test('200 with complaints', async () => {
        const body = '{"sessionId":"1","errorMessages":["malware \\u001b[31mfound"]}'
        orchestrator.setFault(uploadPath(), { kind: 'status', status: 200, body })
        await assertFails(upload(), {
          code: 'CATALOG_REJECTED',
          exitCode: 6,
          message: /malware \\x1b\[31mfound/,
        })
      })

      test('a shape that neither release takes', async () => {
        orchestrator.setFault(uploadPath(), {
          kind: 'status',
          status: 400,
          body: '{"message":"incomplete request"}',
        })
        await assertFails(upload(), {
          code: 'CATALOG_REJECTED',
          exitCode: 6,
          message: /incomplete request/,
        })
      })
    })

    test('the token is in no error, however it is printed', async () => {
      const token = orchestrator.issueToken({ groups: [] })
      for (const attempt of [
        register({}, token),
        uploadToCatalog(access(token), orchestrator.project, files),
      ]) {
        const error = await failureOf(attempt, { code: 'HTTP_FORBIDDEN', exitCode: 6, message: /403/ })
        const printed = `${inspect(error, { depth: 9, showHidden: true })}${JSON.stringify(error)}${error.stack}`
        for (const part of token.split('.')) assert.ok(!printed.includes(part))
      }
      assert.ok(!inspect(access(token), { depth: 9, showHidden: true }).includes(token))
    })
  })
