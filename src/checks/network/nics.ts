import { isInterfaceRule } from '../../config/interface-rules.ts'
import { type Check, type CheckResult, failed, ok, worstOf } from '../check.ts'

export const nicLink: Check = {
  id: 'nic-link',
  category: 'network',
  title: 'every NIC to serve is there and has a link',
  dependsOn: ['configuration'],
  async run(facts) {
    const { interfaces } = await facts.config()
    const there = new Map(facts.nics().map((nic) => [nic.name, nic]))
    const others = [...there.keys()].filter((name) => name !== 'lo').join(', ')
    const results = interfaces.map(({ name }): CheckResult => {
      const nic = there.get(name)
      if (nic === undefined) {
        const what = isInterfaceRule(name) ? `no NIC fits ${name}` : `there is no NIC ${name}`
        return failed(`${what}; there is ${others || 'none'}`, 'ip -brief address')
      }
      if (!nic.up) return failed(`${name} is switched off`, `ip link set ${name} up`)
      if (!nic.running)
        return failed(`${name} has no link: cable, switch port or VLAN`, `ip -brief link show ${name}`)
      return ok(`${name}${nic.speedMbps === undefined ? '' : ` ${nic.speedMbps} Mbit/s`}`)
    })
    return worstOf(results)
  },
}

export const nicAddress: Check = {
  id: 'nic-address',
  category: 'network',
  title: 'every served NIC has the address that nodes are told',
  dependsOn: ['nic-link'],
  async run(facts) {
    const { interfaces } = await facts.config()
    const there = new Map(facts.nics().map((nic) => [nic.name, nic]))
    const results = interfaces.map(({ name, address }): CheckResult => {
      const addresses = there.get(name)?.addresses ?? []
      const [first] = addresses
      if (first === undefined)
        return failed(
          `${name} has no IPv4 address`,
          address === undefined
            ? `ip -brief address show ${name}`
            : `ip address add ${address}/24 dev ${name}`,
        )
      if (address === undefined || addresses.some((one) => one.address === address))
        return ok(`${name} ${address ?? first.address}/${first.prefixLength}`)
      return failed(
        `${name} has ${addresses.map((one) => one.address).join(', ')}, and no longer ${address}, which is configured`,
        `ip address add ${address}/${first.prefixLength} dev ${name}`,
      )
    })
    return worstOf(results)
  },
}
