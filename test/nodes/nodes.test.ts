import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { EmfPxeError } from '../../src/errors/error.ts'
import type { BootStory } from '../../src/events/story.ts'
import { exportNodes, orchestratorCsvHeader } from '../../src/nodes/export.ts'
import { isPlaceholderUuid, normalMac, normalUuid } from '../../src/nodes/identifiers.ts'
import { type KnownNode, knownNodes } from '../../src/nodes/known-nodes.ts'
import { joinMachines } from '../../src/nodes/machines.ts'
import { planRegistration, runRegistration } from '../../src/nodes/registration.ts'
import { requireSerials } from '../../src/nodes/serial-file.ts'
import { parseSerials } from '../../src/nodes/serials.ts'

const uuidA = '4c4c4544-2046-5310-8052-cac04f515233'
const uuidB = '1c4c4544-2046-5310-8052-cac04f515233'
const macA = '52:54:00:00:00:01'
const macB = '52:54:00:00:00:02'

function story(over: Partial<BootStory> = {}): BootStory {
  return {
    id: 'x',
    mac: macA,
    interface: 'eth1',
    uuid: uuidA,
    address: undefined,
    architecture: 'x64',
    startedAtMs: 1000,
    lastAtMs: 2000,
    stage: 'fetched',
    offers: 1,
    offerForm: 'direct',
    transfer: undefined,
    downloads: 1,
    failure: undefined,
    milestones: [],
    ...over,
  }
}

function node(over: Partial<KnownNode> = {}): KnownNode {
  const [known] = knownNodes([story()])
  assert.ok(known)
  return { ...known, ...over }
}

suite('known nodes', () => {
  test('stories in any order give the same table', () => {
    const early = story({ startedAtMs: 100, lastAtMs: 200, address: '10.0.0.7', stage: 'offered' })
    const late = story({ startedAtMs: 900, lastAtMs: 950, architecture: undefined, uuid: undefined })
    const wanted = {
      mac: macA,
      uuid: uuidA,
      architecture: 'x64',
      interface: 'eth1',
      address: '10.0.0.7',
      firstSeenMs: 100,
      lastSeenMs: 950,
      lastOutcome: 'downloaded',
    }
    assert.deepEqual(knownNodes([early, late]), [wanted])
    assert.deepEqual(knownNodes([late, early]), [wanted])
  })

  test('the latest seen comes first', () => {
    const nodes = knownNodes([story(), story({ mac: macB, uuid: uuidB, lastAtMs: 9000 })])
    assert.deepEqual(
      nodes.map(({ mac }) => mac),
      [macB, macA],
    )
  })

  test('outcomes in words', () => {
    const outcome = (over: Partial<BootStory>) => knownNodes([story(over)])[0]?.lastOutcome
    assert.equal(outcome({ stage: 'ipxe-started' }), 'iPXE started')
    const refused = { reason: 'architecture-not-configured', detail: '', block: undefined }
    assert.equal(outcome({ stage: 'refused', failure: refused }), 'refused: architecture-not-configured')
    const stuck = { reason: 'stopped-acknowledging', detail: '', block: 812 }
    assert.equal(outcome({ stage: 'fetching', failure: stuck }), 'failed: stopped-acknowledging at block 812')
  })

  test('a UUID that a whole make of boards carries is no UUID', () => {
    assert.equal(knownNodes([story({ uuid: '03000200-0400-0500-0006-000700080009' })])[0]?.uuid, undefined)
    assert.equal(isPlaceholderUuid('00000000-0000-0000-0000-000000000000'), true)
    assert.equal(isPlaceholderUuid('ffffffff-ffff-ffff-ffff-ffffffffffff'), true)
    assert.equal(isPlaceholderUuid(uuidA), false)
  })
})

suite('spellings', () => {
  for (const text of [macA, '52-54-00-00-00-01', '5254.0000.0001', '525400000001', ' 52:54:00:00:00:01 '])
    test(`MAC ${text}`, () => assert.equal(normalMac(text.toUpperCase()), macA))
  for (const text of ['52:54:00:00:00', '52:54:00-00:00:01', '52:54:00:00:00:0g', '', '5254.000.00001'])
    test(`no MAC: “${text}”`, () => assert.equal(normalMac(text), undefined))
  for (const text of [uuidA, `{${uuidA}}`, uuidA.replaceAll('-', '')])
    test(`UUID ${text}`, () => assert.equal(normalUuid(text.toUpperCase()), uuidA))
  for (const text of [uuidA.slice(1), `${uuidA}0`, 'not-a-uuid'])
    test(`no UUID: “${text}”`, () => assert.equal(normalUuid(text), undefined))
})

suite('serial lists', () => {
  const good: readonly (readonly [string, string, readonly (readonly (string | undefined)[])[]])[] = [
    ['MAC and serial', `mac,serial\n${macA},2500JF3\n`, [[macA, undefined, '2500JF3']]],
    [
      'any order and spelling',
      'Serial Number;Mac Address\n2500JF3;52-54-00-00-00-01\n',
      [[macA, undefined, '2500JF3']],
    ],
    ['no header', `${macA},2500JF3\n`, [[macA, undefined, '2500JF3']]],
    ['no header, serial first', `2500JF3,${uuidA}\n`, [[undefined, uuidA, '2500JF3']]],
    [
      'the orchestrator’s own file',
      `${orchestratorCsvHeader.join(',')}\n2500JF3,${uuidA},profile,site-1,,,,,,,,,\n`,
      [[undefined, uuidA, '2500JF3']],
    ],
    [
      'rows still to be filled in',
      `serial,uuid\n,${uuidA}\n2500JF3,${uuidB}\n`,
      [[undefined, uuidB, '2500JF3']],
    ],
    ['other columns', `room,serial,mac\nB12,2500JF3,${macA}\n`, [[macA, undefined, '2500JF3']]],
  ]
  for (const [name, text, wanted] of good)
    test(name, () => {
      const { entries, problems } = parseSerials(text)
      assert.deepEqual(problems, [])
      assert.deepEqual(
        entries.map(({ mac, uuid, serial }) => [mac, uuid, serial]),
        wanted,
      )
    })

  const bad: readonly (readonly [string, string, number, RegExp])[] = [
    ['no serial column', `mac,room\n${macA},B12\n`, 1, /no column “serial”/],
    ['serial alone', 'serial,room\n2500JF3,B12\n', 1, /neither “mac” nor “uuid”/],
    ['bad MAC', 'mac,serial\n52:54:00,2500JF3\n', 2, /“52:54:00” is no MAC address; wanted one such as/],
    ['bad UUID', 'uuid,serial\nabc,2500JF3\n', 2, /“abc” is no UUID/],
    ['serial too short', `mac,serial\n${macA},ABCD\n`, 2, /5 to 20 letters and digits/],
    ['serial too long', `mac,serial\n${macA},${'A'.repeat(21)}\n`, 2, /5 to 20/],
    ['serial with a hyphen', `mac,serial\n${macA},25-00JF3\n`, 2, /“25-00JF3” is no serial/],
    ['serial without an owner', `mac,serial\n,2500JF3\n`, 2, /beside neither/],
    [
      'two serials for one MAC',
      `mac,serial\n${macA},2500JF3\n${macA},2500JF4\n`,
      3,
      /has serial 2500JF3 in line 2/,
    ],
    [
      'one serial for two UUIDs',
      `uuid,serial\n${uuidA},2500JF3\n${uuidB},2500JF3\n`,
      3,
      /another UUID in line 2/,
    ],
    ['an open quote', `mac,serial\n"${macA},2500JF3\n`, 2, /never closed/],
  ]
  for (const [name, text, line, message] of bad)
    test(name, () => {
      const [problem] = parseSerials(text).problems
      assert.equal(problem?.line, line)
      assert.match(problem.message, message)
    })

  test('a file with problems is refused as a whole, each named with its line', () => {
    const rows = Array.from({ length: 25 }, (_, index) => `bad\u001b[2J${index},2500JF3`)
    assert.throws(
      () => requireSerials(`mac,serial\n${rows.join('\n')}\n`, 'serials.csv'),
      (error) =>
        error instanceof EmfPxeError &&
        error.code === 'NODES_CSV_INVALID' &&
        error.exitCode === 4 &&
        error.message.startsWith('serials.csv:2: “bad\\x1b[2J0” is no MAC address') &&
        error.message.endsWith('\nand 5 more'),
    )
  })

  test('serials of 5 and of 20 characters', () => {
    const { entries, problems } = parseSerials(`mac,serial\n${macA},ABCDE\n${macB},${'9'.repeat(20)}\n`)
    assert.deepEqual(problems, [])
    assert.equal(entries.length, 2)
  })
})

suite('machines', () => {
  const serials = (text: string) => parseSerials(text).entries

  test('two NICs of one board are one machine', () => {
    const machines = joinMachines([node(), node({ mac: macB })], [])
    assert.deepEqual(machines, [{ macs: [macA, macB], uuid: uuidA, serial: undefined, notes: [] }])
  })

  test('a serial found by MAC, another by UUID', () => {
    const nodes = [node(), node({ mac: macB, uuid: uuidB })]
    const machines = joinMachines(nodes, serials(`mac,uuid,serial\n${macA},,2500JF3\n,${uuidB},2500JF4\n`))
    assert.deepEqual(
      machines.map(({ serial, uuid }) => [serial, uuid]),
      [
        ['2500JF3', uuidA],
        ['2500JF4', uuidB],
      ],
    )
  })

  test('a machine that was listed but never seen', () => {
    const machines = joinMachines([], serials(`mac,serial\n${macA},2500JF3\n`))
    assert.deepEqual(machines, [{ macs: [macA], uuid: undefined, serial: '2500JF3', notes: [] }])
  })

  test('boards that share a UUID are told apart by serial, and the UUID is left out', () => {
    const nodes = [node(), node({ mac: macB })]
    const machines = joinMachines(nodes, serials(`mac,serial\n${macA},2500JF3\n${macB},2500JF4\n`))
    assert.deepEqual(
      machines.map(({ serial, uuid, notes }) => [serial, uuid, notes[0]]),
      [
        ['2500JF3', undefined, `UUID ${uuidA} is shared with another machine`],
        ['2500JF4', undefined, `UUID ${uuidA} is shared with another machine`],
      ],
    )
  })

  test('a list that contradicts the node is noted', () => {
    const [machine] = joinMachines([node()], serials(`mac,uuid,serial\n${macA},${uuidB},2500JF3\n`))
    assert.equal(machine?.uuid, uuidA)
    assert.match(machine.notes.join(), /line 2 gives UUID 1c4c4544.*but the node says 4c4c4544/)
  })

  test('ten thousand nodes', () => {
    const nodes = Array.from({ length: 10_000 }, (_, index) => {
      const tail = index.toString(16).padStart(12, '0')
      return node({ mac: normalMac(tail) ?? '', uuid: `4c4c4544-0000-0000-0000-${tail}` })
    })
    assert.equal(joinMachines(nodes, []).length, 10_000)
  })
})

suite('the orchestrator’s CSV', () => {
  test('its header, thirteen columns in every row', () => {
    const { csv, rows } = exportNodes(joinMachines([node()], parseSerials(`${macA},2500JF3`).entries))
    assert.equal(rows, 1)
    assert.equal(
      csv,
      `Serial,UUID,OSProfile,Site,Secure,RemoteUser,Metadata,LVMSize,CloudInitMeta,K8sEnable,K8sClusterTemplate,K8sConfig,Error - do not fill\n2500JF3,${uuidA},,,,,,,,,,,\n`,
    )
  })

  test('values for every row are quoted when they must be', () => {
    const columns = { OSProfile: 'Edge Microvisor Toolkit, 3.0', Site: 'site-c69a3c81' }
    const { csv } = exportNodes(joinMachines([node()], []), columns)
    assert.match(csv, /\n,4c4c4544-[^,]+,"Edge Microvisor Toolkit, 3\.0",site-c69a3c81,,,,,,,,,\n$/)
  })

  test('machines that it could not tell apart are left out', () => {
    const { rows, leftOut } = exportNodes(joinMachines([node({ uuid: undefined })], []))
    assert.equal(rows, 0)
    assert.deepEqual(leftOut[0]?.macs, [macA])
  })
})

suite('registration', () => {
  const machines = joinMachines(
    [node(), node({ mac: macB, uuid: undefined }), node({ mac: '52:54:00:00:00:03', uuid: uuidB })],
    parseSerials(`${macA},2500JF3`).entries,
  )

  test('the plan says what goes and what cannot', () => {
    const plan = planRegistration(machines)
    assert.deepEqual(
      plan.rows.map(({ host }) => host),
      [
        { name: 'node-2500JF3', serial: '2500JF3', uuid: uuidA, autoOnboard: true },
        { name: 'node-525400000003', serial: undefined, uuid: uuidB, autoOnboard: true },
      ],
    )
    assert.deepEqual(
      plan.skipped.map(({ machine, reason }) => [machine.macs[0], reason]),
      [[macB, 'it has neither a serial number nor a UUID of its own']],
    )
  })

  test('names fit into 20 characters and differ', () => {
    const twins = ['A'.repeat(20), 'B'.repeat(16), 'C'.repeat(15)].map((serial) => ({
      macs: [],
      uuid: undefined,
      serial,
      notes: [],
    }))
    const byMac = [uuidA, uuidB].map((uuid) => ({ macs: [macA], uuid, serial: undefined, notes: [] }))
    const names = planRegistration([...twins, ...byMac]).rows.map(({ host }) => host.name)
    assert.deepEqual(names, [
      'A'.repeat(20),
      'B'.repeat(16),
      `node-${'C'.repeat(15)}`,
      'node-525400000001',
      'node-525400000001-2',
    ])
    assert.ok(names.every((name) => name.length <= 20))
  })

  test('a run reports row by row and counts', async () => {
    const seen: string[] = []
    const summary = await runRegistration(
      planRegistration(machines),
      async (host) =>
        host.serial === undefined
          ? { kind: 'conflict', message: 'taken' }
          : { kind: 'registered', resourceId: 'host-1' },
      ({ host, outcome }) => seen.push(`${host.name} ${outcome.kind}`),
    )
    assert.deepEqual(summary, { registered: 1, alreadyRegistered: 0, failed: 1 })
    assert.deepEqual(seen, ['node-2500JF3 registered', 'node-525400000003 conflict'])
  })

  test('an error that would hit every row ends the run', async () => {
    const refused = new Error('token expired')
    await assert.rejects(
      runRegistration(planRegistration(machines), () => Promise.reject(refused)),
      refused,
    )
  })
})
