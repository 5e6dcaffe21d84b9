import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { addressRange } from '../../src/host/firewall/condition.ts'
import { parseIptables } from '../../src/host/firewall/iptables.ts'
import { judge } from '../../src/host/firewall/judge.ts'
import type { Passage, Ruleset } from '../../src/host/firewall/model.ts'
import { parseNftables } from '../../src/host/firewall/nftables.ts'
import { readFirewall } from '../../src/host/firewall/read.ts'
import { firewallManager, openingCommand } from '../../src/host/firewall/remedy.ts'
import type { ProgramResult } from '../../src/host/run-program.ts'

function golden(file: string): string {
  return readFileSync(join(import.meta.dirname, 'golden', 'firewall', file), 'utf8')
}

const firewalld = (state: string) =>
  parseNftables(golden(`firewalld-${state}.json`), golden(`firewalld-${state}.listing`))
const ufw = (state: string) => parseIptables('iptables', golden(`ufw-${state}.iptables`))

function request(destinationPort: number, more: Partial<Passage> = {}): Passage {
  return {
    direction: 'input',
    interface: 'e0',
    protocol: 'udp',
    sourceAddress: undefined,
    destinationAddress: '10.81.0.1',
    sourcePort: undefined,
    destinationPort,
    connectionState: 'new',
    ...more,
  }
}

describe('firewalls as they are installed', () => {
  const rows: readonly [name: string, rules: Ruleset, passage: Passage, passes: string, by?: string][] = [
    ['ufw, request', ufw('default'), request(69), 'no', 'the policy of INPUT'],
    ['ufw, acknowledgement', ufw('default'), request(40_000, { connectionState: 'established' }), 'yes'],
    ['ufw opened, request', ufw('open'), request(69), 'yes'],
    ['ufw opened, other NIC', ufw('open'), request(69, { interface: 'e1' }), 'no', 'the policy of INPUT'],
    ['ufw opened, broadcast', ufw('open'), request(67, { destinationAddress: '255.255.255.255' }), 'yes'],
    ['firewalld, request', firewalld('default'), request(4011), 'no', 'reject with icmpx admin-prohibited'],
    ['firewalld opened, request', firewalld('open'), request(4011), 'yes'],
    [
      'firewalld opened, data port',
      firewalld('open'),
      request(40_000),
      'no',
      'reject with icmpx admin-prohibited',
    ],
    ['firewalld, answer', firewalld('default'), request(68, { direction: 'output', sourcePort: 67 }), 'yes'],
  ]
  for (const [name, rules, passage, passes, by] of rows)
    test(`${name}: ${passes}`, () => {
      const said = judge([rules], passage)
      assert.equal(said.passes, passes)
      if (said.passes !== 'yes') assert.equal(said.by.rule ?? `the policy of ${said.by.chain}`, by)
    })
})

describe('rules that cannot be judged from here', () => {
  const rules = (line: string) => parseIptables('iptables', `*filter\n:INPUT ACCEPT [0:0]\n${line}\nCOMMIT\n`)
  const rows: readonly [line: string, passes: string][] = [
    ['-A INPUT -m limit --limit 3/min -j DROP', 'maybe'],
    ['-A INPUT -p udp -m set --match-set blocked src -j DROP', 'maybe'],
    ['-A INPUT -p tcp -m set --match-set blocked src -j DROP', 'yes'],
    ['-A INPUT -j NFQUEUE --queue-num 0', 'maybe'],
    ['-A INPUT -m limit --limit 3/min -j LOG', 'yes'],
    ['-A INPUT -s 10.0.0.0/8 -j DROP', 'maybe'],
  ]
  for (const [line, passes] of rows)
    test(`${line}: ${passes}`, () => {
      assert.equal(judge([rules(line)], request(69)).passes, passes)
    })

  test('an unknown jump in front of a certain drop does not make it uncertain', () => {
    const text =
      '*filter\n:INPUT DROP [0:0]\n:maybe - [0:0]\n-A INPUT -m set --match-set a src -j maybe\nCOMMIT\n'
    assert.equal(judge([parseIptables('iptables', text)], request(69)).passes, 'no')
  })

  test('chains that jump to each other come to an end', () => {
    const text =
      '*filter\n:INPUT ACCEPT [0:0]\n:a - [0:0]\n:b - [0:0]\n-A INPUT -j a\n-A a -j b\n-A b -j a\nCOMMIT\n'
    assert.equal(judge([parseIptables('iptables', text)], request(69)).passes, 'yes')
  })
})

describe('what to paste', () => {
  const opening = { interface: 'eth1', protocol: 'udp', ports: ['67', '69', '40000-40099'] } as const
  const rows: readonly [name: string, ruleset: Ruleset, command: string][] = [
    ['ufw', ufw('default'), 'ufw allow in on eth1 proto udp to any port 67,69,40000:40099'],
    [
      'firewalld',
      firewalld('default'),
      'firewall-cmd --permanent --zone=public --add-port=67/udp --add-port=69/udp --add-port=40000-40099/udp && firewall-cmd --reload',
    ],
    [
      'iptables',
      parseIptables('iptables', '*filter\n:INPUT DROP [0:0]\n'),
      'iptables -I INPUT -i eth1 -p udp -m multiport --dports 67,69,40000:40099 -j ACCEPT',
    ],
    [
      'a raw table',
      parseIptables('iptables-legacy', '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p udp -j DROP\n'),
      'iptables-legacy -t raw -I PREROUTING -i eth1 -p udp -m multiport --dports 67,69,40000:40099 -j ACCEPT',
    ],
    [
      'nftables',
      parseNftables(
        JSON.stringify({
          nftables: [
            {
              chain: { family: 'inet', table: 'filter', name: 'in', hook: 'input', prio: 0, policy: 'drop' },
            },
          ],
        }),
      ),
      'nft insert rule inet filter in iifname "eth1" udp dport { 67, 69, 40000-40099 } accept',
    ],
  ]
  for (const [name, ruleset, command] of rows)
    test(name, () => {
      const said = judge([ruleset], request(69, { interface: 'eth1' }))
      assert.ok(said.passes === 'no')
      assert.equal(openingCommand(firewallManager([ruleset]), said.by, opening), command)
    })
})

test('firewalld that drops in no zone’s chain is asked for the zone', () => {
  const by = { tool: 'nftables', table: 'inet firewalld', chain: 'filter_INPUT' } as const
  assert.equal(
    openingCommand('firewalld', by, { interface: 'eth1', protocol: 'tcp', ports: ['8069'] }),
    'firewall-cmd --permanent --zone="$(firewall-cmd --get-zone-of-interface=eth1 || firewall-cmd --get-default-zone)" --add-port=8069/tcp && firewall-cmd --reload',
  )
})

describe('reading', () => {
  const tools = (results: Record<string, ProgramResult>) => async (name: string) =>
    results[name] ?? ({ kind: 'missing' } as const)

  test('no tool at all is no firewall', async () => {
    assert.deepEqual(await readFirewall(tools({})), { rulesets: [], manager: 'none', unreadable: [] })
  })

  test('a tool that refuses is told apart from one that has no rules', async () => {
    const refused = { kind: 'failed', problem: 'Operation not permitted (you must be root)' } as const
    const { unreadable } = await readFirewall(tools({ nft: refused }))
    assert.deepEqual(unreadable, ['nft: Operation not permitted (you must be root)'])
  })

  test('JSON that is none is told', async () => {
    const { unreadable } = await readFirewall(tools({ nft: { kind: 'ok', stdout: 'table inet filter' } }))
    assert.deepEqual(unreadable, ['nft: its JSON could not be read'])
  })

  test('text of rules is made safe for a terminal', () => {
    const { chains } = parseIptables(
      'iptables',
      '*filter\n:INPUT ACCEPT [0:0]\n-A INPUT -m comment --comment "\x1b[2J" -j DROP\n',
    )
    assert.equal(chains[0]?.rules[0]?.text, '-A INPUT -m comment --comment "\\x1b[2J" -j DROP')
  })
})

describe('address ranges', () => {
  const rows: readonly [text: string, range: unknown][] = [
    ['10.0.0.0/8', { from: 0x0a000000, to: 0x0affffff }],
    ['10.1.2.3/8', { from: 0x0a000000, to: 0x0affffff }],
    ['10.1.2.3', { from: 0x0a010203, to: 0x0a010203 }],
    ['10.1.2.0/255.255.255.0', { from: 0x0a010200, to: 0x0a0102ff }],
    ['0.0.0.0/0', { from: 0, to: 0xffffffff }],
    ['10.1.2.0/255.0.255.0', undefined],
    ['10.1.2/24', undefined],
    ['fe80::/10', undefined],
  ]
  for (const [text, range] of rows)
    test(text, () => {
      assert.deepEqual(addressRange(text), range)
    })
})
