import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseControlGroup } from '../../src/host/process-owner.ts'

const id = '3f9c0a1b2c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccdde'
const short = '3f9c0a1b2c3d'
const nobody = { unit: undefined, container: undefined }
const unit = (name: string) => ({ unit: name, container: undefined })
const container = (engine: string, name = short) => ({ unit: undefined, container: { engine, id: name } })

const rows: readonly [name: string, text: string, owner: ReturnType<typeof parseControlGroup>][] = [
  ['a service, version 2', '0::/system.slice/dnsmasq.service\n', unit('dnsmasq.service')],
  [
    'a service, version 1',
    '12:pids:/system.slice/dnsmasq.service\n1:name=systemd:/system.slice/dnsmasq.service\n',
    unit('dnsmasq.service'),
  ],
  [
    'an instance',
    '0::/system.slice/system-dnsmasq.slice/dnsmasq@eth1.service\n',
    unit('dnsmasq@eth1.service'),
  ],
  ['an escaped name', '0::/system.slice/dhcp\\x2dserver.service\n', unit('dhcp-server.service')],
  [
    'a service of a user',
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/tftp.service\n',
    unit('tftp.service'),
  ],
  ['a login shell', '0::/user.slice/user-1000.slice/session-3.scope\n', nobody],
  [
    'a shell below the user’s manager',
    '0::/user.slice/user-0.slice/user@0.service/app.slice/x.scope\n',
    nobody,
  ],
  ['the root group', '0::/\n', nobody],
  ['nothing', '', nobody],
  ['Docker, version 1', `4:memory:/docker/${id}\n`, container('docker')],
  ['Docker below systemd', `0::/system.slice/docker-${id}.scope\n`, container('docker')],
  ['Podman', `0::/machine.slice/libpod-${id}.scope/container\n`, container('podman')],
  [
    'Kubernetes with containerd',
    `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice/cri-containerd-${id}.scope\n`,
    container('kubernetes'),
  ],
  ['Kubernetes without systemd', `0::/kubepods/besteffort/pod12/${id}\n`, container('kubernetes')],
  ['LXC', '0::/lxc.payload.dhcp/system.slice/dnsmasq.service\n', container('lxc', 'dhcp')],
]

for (const [name, text, owner] of rows)
  test(name, () => {
    assert.deepEqual(parseControlGroup(text), owner)
  })
