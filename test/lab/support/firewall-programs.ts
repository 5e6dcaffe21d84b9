import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './cache.ts'
import { unpackedPackage } from './debian.ts'
import { type Fault, once } from './fault-making.ts'
import type { FaultSite } from './fault-site.ts'

const python = '/usr/bin/python3'

/**
 * ufw of Debian from its package, switched on with its defaults. It keeps its files in a directory of
 * its own (`--rootdir`), and its rules in the namespace: nothing of this machine is touched.
 */
export const ufw: Fault['make'] = async (site) => {
  const home = join(site.directory, 'ufw')
  rmSync(home, { recursive: true, force: true })
  cpSync(unpackedPackage('ufw'), home, { recursive: true })
  run(
    'sh',
    ['-c', 'cp usr/share/ufw/iptables/*.rules usr/share/ufw/ufw.conf usr/share/ufw/*.init etc/ufw/'],
    home,
  )
  const defaults = join(home, 'etc/default/ufw')
  writeFileSync(defaults, readFileSync(defaults, 'utf8').replace('IPV6=yes', 'IPV6=no'))
  const modules = `env PYTHONPATH=${home}/usr/lib/python3/dist-packages`
  site.addProgram('ufw', `${modules} ${python} ${home}/usr/sbin/ufw --rootdir=${home} --datadir=${home}`)
  await site.paste('ufw --force enable 2>&1')
  return once(() => site.paste('ufw --force disable 2>&1; nft flush ruleset'))
}

/** firewalld of Debian from its packages, with its defaults, on a D-Bus of its own. */
export const firewalld: Fault['make'] = async (site) => {
  const packages = ['firewalld', 'python3-firewall', 'python3-nftables', 'python3-dbus', 'python3-gi']
  const libraries = ['gir1.2-glib-2.0', 'libgirepository-1.0-1', 'libdbus-1-3']
  const trees = [...packages, ...libraries].map((name) => unpackedPackage(name))
  const [home = ''] = trees
  const environment = [
    `DBUS_SYSTEM_BUS_ADDRESS=unix:path=${site.directory}/bus`,
    `PYTHONPATH=${trees.map((tree) => `${tree}/usr/lib/python3/dist-packages`).join(':')}`,
    `LD_LIBRARY_PATH=${trees.map((tree) => `${tree}/usr/lib/x86_64-linux-gnu`).join(':')}`,
    `GI_TYPELIB_PATH=${trees.map((tree) => `${tree}/usr/lib/x86_64-linux-gnu/girepository-1.0`).join(':')}`,
  ]
  const settings = join(site.directory, 'firewalld')
  rmSync(settings, { recursive: true, force: true })
  cpSync(join(home, 'etc/firewalld'), settings, { recursive: true })
  site.addProgram('firewall-cmd', `env ${environment.join(' ')} ${python} ${home}/usr/bin/firewall-cmd`)
  const stopBus = await startBus(site)
  const places = ['--system-config', settings, '--default-config', join(home, 'usr/lib/firewalld')]
  const stop = await site.start(
    site.pxe,
    [
      'env',
      ...environment,
      python,
      join(home, 'usr/sbin/firewalld'),
      '--nofork',
      '--nopid',
      ...places,
      '--log-target',
      'console',
      '--debug',
      '1',
    ],
    /start\(\)/,
  )
  await site.paste('until firewall-cmd --state >/dev/null 2>&1; do sleep 0.2; done')
  return once(async () => {
    await stop()
    await stopBus()
    await site.paste('nft flush ruleset')
  })
}

function startBus(site: FaultSite): Promise<() => Promise<void>> {
  const file = join(site.directory, 'bus.conf')
  writeFileSync(
    file,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=${site.directory}/bus</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`,
  )
  return site.start(
    site.pxe,
    ['dbus-daemon', `--config-file=${file}`, '--nofork', '--print-address=1'],
    /unix:path/,
  )
}
