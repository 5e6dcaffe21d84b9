import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { type Judgement, judge } from '../../src/host/firewall/judge.ts'
import type { Passage, Ruleset } from '../../src/host/firewall/model.ts'
import { readFirewall } from '../../src/host/firewall/read.ts'
import { everyone, receive, Sockets } from '../net/sockets.ts'
import { inside } from '../support/inside-namespace.ts'
import { Lan } from '../support/namespaces.ts'
import { missing } from '../support/needs.ts'

/*
 * The judge against the kernel: rules are loaded into a namespace, datagrams are sent through them,
 * and what arrived must be what the judge said, from nothing but what the tools list.
 */
const skip = missing('namespaces', 'nft:nftables', 'iptables-restore:iptables')
const server = '10.81.0.1'
const node = '10.81.0.9'
/** Let through by a rule put before all others: when it arrives, so has everything sent before it. */
const lastPort = 9
const nodePort = 2070

interface Row {
  readonly name: string
  readonly passage: Passage
}

const common = { interface: 'e0', protocol: 'udp', connectionState: 'new' } as const
const fromNode = { ...common, direction: 'input', sourceAddress: node, sourcePort: nodePort } as const
const toServer = { ...fromNode, destinationAddress: server }
const toNode = { ...common, direction: 'output', sourceAddress: server, destinationAddress: node } as const
const rows: readonly Row[] = [
  { name: 'broadcast to 67', passage: { ...fromNode, destinationAddress: everyone, destinationPort: 67 } },
  { name: 'request to 67', passage: { ...toServer, destinationPort: 67 } },
  { name: 'request to 69', passage: { ...toServer, destinationPort: 69 } },
  { name: 'request to 4011', passage: { ...toServer, destinationPort: 4011 } },
  { name: 'first datagram to 40050', passage: { ...toServer, destinationPort: 40_050 } },
  {
    name: 'acknowledgement to 40051',
    passage: { ...toServer, destinationPort: 40_051, connectionState: 'established' },
  },
  { name: 'answer from 69', passage: { ...toNode, sourcePort: 69, destinationPort: nodePort } },
  { name: 'answer from 4011', passage: { ...toNode, sourcePort: 4011, destinationPort: nodePort } },
  { name: 'offer from 40052 to 68', passage: { ...toNode, sourcePort: 40_052, destinationPort: 68 } },
]

const directory = join(import.meta.dirname, 'golden', 'firewall')
const loaders: Readonly<Record<string, string>> = {
  nft: 'nft -f -',
  rules: 'nft -f -',
  iptables: 'iptables-restore',
  'iptables-legacy': 'iptables-legacy-restore',
}
const files = readdirSync(directory).filter((file) => (file.split('.').at(-1) ?? '') in loaders)

describe('what the judge says is what the kernel does', { skip }, () => {
  for (const file of ['none', ...files])
    describe(file, () => {
      let lan: Lan
      let rulesets: readonly Ruleset[] = []
      const sockets = new Sockets()
      const names = { server: '', node: '' }

      before(async () => {
        lan = new Lan()
        names.server = lan.addHost('srv', `${server}/24`)
        names.node = lan.addHost('node', `${node}/24`)
        const loader = loaders[file.split('.').at(-1) ?? '']
        if (loader !== undefined) lan.exec(names.server, ['sh', '-c', `${loader} < ${join(directory, file)}`])
        const facts = await inside(names.server, () => readFirewall())
        assert.deepEqual(facts.unreadable, [])
        rulesets = facts.rulesets
        for (const command of openingsFor(rulesets)) lan.exec(names.server, ['sh', '-c', command])
      })
      after(() => lan.close())
      afterEach(() => sockets.close())

      for (const { name, passage } of rows)
        test(name, async () => {
          const said: Judgement = judge(rulesets, passage)
          const arrived = await (passage.direction === 'input' ? comesIn(passage) : goesOut(passage))
          // `maybe` is an honest answer to a rule on marks, which this test does not set.
          const expected = said.passes === 'maybe' && asksForMark(said.by.rule) ? 'yes' : said.passes
          assert.equal(arrived ? 'yes' : 'no', expected, JSON.stringify(said))
        })

      async function comesIn(passage: Passage): Promise<boolean> {
        const { destinationAddress: address = '', destinationPort: port = 0 } = passage
        const from = { address: node, port: nodePort }
        const options = { address, port, interface: 'e0', broadcast: true }
        const receiver = await sockets.open(names.server, options)
        const sender = await sockets.open(names.node, { ...from, interface: 'e0', broadcast: true })
        const last = await sockets.open(names.server, { address: server, port: lastPort })
        let arrived = false
        receiver.onMessage(() => {
          arrived = true
        })
        if (passage.connectionState === 'established') {
          const opened = receive(sender, 1)
          receiver.send(Buffer.from('first'), from)
          await opened
        }
        const done = receive(last, 1)
        sender.send(Buffer.from('tried'), { address, port })
        sender.send(Buffer.from('last'), last.local)
        await done
        return arrived
      }

      async function goesOut(passage: Passage): Promise<boolean> {
        const { sourcePort = 0, destinationPort = 0 } = passage
        const sender = await sockets.open(names.server, {
          address: server,
          port: sourcePort,
          interface: 'e0',
        })
        const lastSender = await sockets.open(names.server, { address: server, port: lastPort })
        const receiver = await sockets.open(names.node, { address: node, port: destinationPort })
        const messages: string[] = []
        const done = new Promise<void>((resolve) => {
          receiver.onMessage((bytes) => {
            messages.push(Buffer.from(bytes).toString())
            if (messages.includes('last')) resolve()
          })
        })
        sender.send(Buffer.from('tried'), receiver.local)
        lastSender.send(Buffer.from('last'), receiver.local)
        await done
        return messages.includes('tried')
      }
    })
})

function asksForMark(rule = ''): boolean {
  return rule.includes('-m mark')
}

/** Commands that let the last datagram through, first of all. */
function openingsFor(rulesets: readonly Ruleset[]): string[] {
  return rulesets.flatMap(({ tool, chains }) =>
    chains
      .filter(({ base }) => base !== undefined)
      .flatMap(({ table, name }) =>
        ['dport', 'sport'].map((side) =>
          tool === 'nftables'
            ? `nft insert rule ${table} ${name} udp ${side} ${lastPort} accept`
            : `${tool} -t ${table} -I ${name} -p udp --${side} ${lastPort} -j ACCEPT`,
        ),
      ),
  )
}
