import { displayFingerprint } from '../../orchestrator/certificate.ts'
import { displayDestination } from '../../orchestrator/failures.ts'
import { certificateProblems, ipxeCompatibility } from '../../orchestrator/ipxe-tls.ts'
import { escapeText } from '../../ui/text.ts'
import { type Check, failed, ok, skipped, warning } from '../check.ts'

const needsOrchestrator = 'no orchestrator is configured'

export const orchestratorTls: Check = {
  id: 'orchestrator-tls',
  category: 'orchestrator',
  title: 'the provisioning endpoint is found and speaks TLS',
  dependsOn: ['configuration'],
  async run(facts) {
    const { fqdn, artifactUrl } = (await facts.config()).orchestrator
    if (fqdn === undefined && artifactUrl === undefined) return skipped(needsOrchestrator)
    const { chosen, attempts } = await facts.endpointSearch()
    if (chosen?.peer !== undefined) {
      const { protocol, cipher } = chosen.peer
      return ok(`${displayDestination(chosen.endpoint.destination)}, ${protocol} ${cipher}`)
    }
    const errors = attempts.flatMap(({ error }) => error ?? [])
    // The one that came farthest says most: a name that DNS knows is more than one that it does not.
    const error = errors.find(({ code }) => !code.startsWith('NAME_')) ?? errors[0]
    return failed(oneLine(error?.message ?? 'no endpoint answers'), error?.hint)
  },
}

export const orchestratorCertificate: Check = {
  id: 'orchestrator-certificate',
  category: 'orchestrator',
  title: 'somebody vouches for the endpoint’s certificate',
  dependsOn: ['orchestrator-tls'],
  async run(facts) {
    const { chosen } = await facts.endpointSearch()
    if (chosen === undefined) return skipped(needsOrchestrator)
    const { rung, peer, warnings } = await facts.trust()
    const seen = `${vouchers[rung]}, ${displayFingerprint(peer.leaf.sha256).slice(0, 11)}…`
    const [first] = warnings
    return first === undefined ? ok(seen) : warning(`${seen}: ${oneLine(first)}`)
  },
}

const vouchers = {
  system: 'this machine’s authorities',
  caFile: 'the configured CA file',
  rootDomain: 'the orchestrator’s root domain',
  pinned: 'the configured fingerprint',
  confirmed: 'a person',
} as const

const expiryWarningMs = 14 * 86_400_000

export const certificateExpiry: Check = {
  id: 'certificate-expiry',
  category: 'orchestrator',
  title: 'the endpoint’s certificate does not end soon',
  dependsOn: ['orchestrator-tls'],
  async run(facts) {
    const leaf = (await facts.endpointSearch()).chosen?.peer?.leaf
    if (leaf === undefined) return skipped(needsOrchestrator)
    const leftMs = leaf.validUntilMs - facts.nowMs()
    const day = new Date(leaf.validUntilMs).toISOString().slice(0, 10)
    const remedy = `When the orchestrator has renewed it: emf-pxe fetch`
    if (leftMs < 0) return failed(`it ended on ${day}`, remedy)
    return leftMs < expiryWarningMs ? warning(`it ends on ${day}`, remedy) : ok(`until ${day}`)
  },
}

/** Shakes hands as iPXE on a node will, whatever OpenSSL here could do. */
export const ipxeTls: Check = {
  id: 'orchestrator-ipxe-tls',
  category: 'orchestrator',
  title: 'iPXE and the endpoint have a TLS version and cipher in common',
  dependsOn: ['orchestrator-tls'],
  async run(facts) {
    const { chosen } = await facts.endpointSearch()
    if (chosen === undefined) return skipped(needsOrchestrator)
    const options = { ...(await facts.connectOptions()), trust: { extraAuthorities: [] } }
    const { since, cipher, problems } = await ipxeCompatibility(chosen.endpoint.destination, options)
    // Where no handshake came about, the certificate that this program was shown may say why.
    const [first] = [...certificateProblems(chosen.peer?.chain ?? []), ...problems]
    const remedy =
      'Let the orchestrator’s administrator allow TLS 1.2 with an RSA certificate and ECDHE-RSA-AES256-GCM-SHA384.'
    const spoken =
      chosen.peer === undefined ? '' : `; here it speaks ${chosen.peer.protocol} ${chosen.peer.cipher}`
    if (first !== undefined) return failed(`${escapeText(first)}${spoken}`, remedy)
    return since === 'every release'
      ? ok(`every iPXE, ${cipher}`)
      : ok(`iPXE of ${since} and newer, ${cipher}`)
  },
}

export function oneLine(message: string): string {
  return message
    .split('\n')
    .map((line) => line.trim())
    .join(' ')
}
