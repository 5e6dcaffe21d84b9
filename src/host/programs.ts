import { type ProcessFacts, processIds, readProcess } from './process.ts'
import { readLink, readText } from './read.ts'

export type ProgramRole = 'dhcp-server' | 'tftp-server' | 'pxe-server' | 'firewall' | 'containers' | 'clock'

/** A running program that has to do with booting nodes. */
export interface RunningProgram extends ProcessFacts {
  readonly role: ProgramRole
  /** In our network namespace, so that its ports and ours meet; undefined when that cannot be seen. */
  readonly sharesNetwork: boolean | undefined
}

/** By the kernel's name of the process, which is cut after 15 characters. */
const roles: Readonly<Record<string, ProgramRole>> = {
  dnsmasq: 'dhcp-server',
  dhcpd: 'dhcp-server',
  'kea-dhcp4': 'dhcp-server',
  udhcpd: 'dhcp-server',
  coredhcp: 'dhcp-server',
  'in.tftpd': 'tftp-server',
  tftpd: 'tftp-server',
  atftpd: 'tftp-server',
  'emf-pxe': 'pxe-server',
  pixiecore: 'pxe-server',
  booter: 'pxe-server',
  smee: 'pxe-server',
  firewalld: 'firewall',
  dockerd: 'containers',
  containerd: 'containers',
  crio: 'containers',
  kubelet: 'containers',
  'k3s-server': 'containers',
  'k3s-agent': 'containers',
  chronyd: 'clock',
  ntpd: 'clock',
  'systemd-timesyn': 'clock',
}

/** Those of the programs above that run, ourselves left out. */
export function readPrograms(): RunningProgram[] {
  const network = readLink('/proc/self/ns/net')
  return processIds()
    .filter((pid) => pid !== process.pid)
    .map((pid) => readProgram(pid, network))
    .filter((program) => program !== undefined)
}

function readProgram(pid: number, network: string | undefined): RunningProgram | undefined {
  const role = roles[readText(`/proc/${pid}/comm`)?.trim() ?? '']
  const facts = role && readProcess(pid)
  if (facts === undefined || role === undefined) return undefined
  const theirs = readLink(`/proc/${pid}/ns/net`)
  return { ...facts, role, sharesNetwork: theirs === undefined ? undefined : theirs === network }
}
