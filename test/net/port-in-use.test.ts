import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { PortHolder } from '../../src/host/port-holders.ts'
import type { ProcessFacts } from '../../src/host/process.ts'
import { portInUse } from '../../src/net/port-in-use.ts'

type Owner = Partial<ProcessFacts>

function holder(port: number, owner: Owner | undefined, address = '0.0.0.0'): PortHolder {
  const socket = { transport: 'udp', address, port, userId: 112, inode: '1' } as const
  const facts = { pid: 812, name: 'program', command: 'program', unit: undefined, container: undefined }
  return { socket, process: owner && { ...facts, ...owner } }
}

const unit = 'dnsmasq.service'
const docker = { engine: 'docker', id: '3f9c0a1b2c3d' }
const rows: readonly [name: string, port: number, owner: Owner | undefined, who: string, hint: string][] = [
  [
    'dnsmasq for DHCP',
    67,
    { name: 'dnsmasq', unit },
    'dnsmasq (pid 812, dnsmasq.service)',
    'echo bind-dynamic > /etc/dnsmasq.d/emf-pxe.conf && systemctl restart dnsmasq.service',
  ],
  [
    'dnsmasq for TFTP',
    69,
    { name: 'dnsmasq', unit },
    'dnsmasq (pid 812, dnsmasq.service)',
    'Remove enable-tftp from the configuration of dnsmasq, then: systemctl restart dnsmasq.service',
  ],
  [
    'a unit',
    69,
    { name: 'in.tftpd', unit: 'tftpd-hpa.service' },
    'in.tftpd (pid 812, tftpd-hpa.service)',
    'systemctl disable --now tftpd-hpa.service',
  ],
  [
    'a container',
    69,
    { name: 'tftpd', container: docker },
    'tftpd (pid 812, docker container 3f9c0a1b2c3d)',
    'docker stop 3f9c0a1b2c3d',
  ],
  [
    'systemd, for a service that is not running',
    69,
    { pid: 1, name: 'systemd' },
    'systemd (pid 1)',
    "systemctl list-sockets | grep ':69 '   # then: systemctl disable --now UNIT",
  ],
  [
    'a program started by hand',
    4011,
    { name: 'pixiecore' },
    'pixiecore (pid 812)',
    'Stop it (kill 812), or move it to another address, then start again.',
  ],
  [
    'another user’s program',
    67,
    undefined,
    'a program of user id 112 that cannot be seen from here',
    "sudo ss -lunp 'sport = :67'",
  ],
]

describe('who holds a port, and what to do', () => {
  for (const [name, port, owner, who, hint] of rows)
    test(name, () => {
      const place = { address: '10.20.0.5', port }
      const error = portInUse(place, new Error('bind EADDRINUSE'), () => [holder(port, owner)])
      assert.equal(error.code, 'PORT_IN_USE')
      assert.equal(
        error.message,
        `UDP port ${port} on 10.20.0.5 is wanted, but ${who} has it open on 0.0.0.0`,
      )
      assert.equal(error.hint, hint)
    })

  test('a holder that was gone when it was looked for', () => {
    const error = portInUse({ address: '10.20.0.5', port: 67 }, undefined, () => [])
    assert.match(error.message, /it ended or hides from this user/)
  })
})
