import { readContainerFacts, refuseBridgeNetwork } from '../../host/container.ts'
import { type Check, ok } from '../check.ts'

/** Everything else is about what the configuration names. */
export const configuration: Check = {
  id: 'configuration',
  category: 'host',
  title: 'the configuration can be used',
  dependsOn: [],
  async run(facts) {
    const { interfaces, orchestrator } = await facts.config()
    const names = interfaces.map(({ name }) => name).join(', ')
    const from = orchestrator.fqdn ?? orchestrator.artifactUrl
    return ok(`${facts.options.configFile}: ${names}${from === undefined ? '' : `, ${from}`}`)
  },
}

export const containerNetwork: Check = {
  id: 'container-network',
  category: 'host',
  title: 'broadcasts of the site can reach this program',
  dependsOn: [],
  run(facts) {
    const seen = readContainerFacts(facts.nics())
    refuseBridgeNetwork(seen)
    return ok(seen.runtime === undefined ? 'not in a container' : `${seen.runtime} on the host’s network`)
  },
}
