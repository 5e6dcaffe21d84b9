import { escapeText } from '../../ui/text.ts'
import type { IpxeReport } from '../inspect/report.ts'
import { type Expectations, error, type Finding, unfit, warning } from './finding.ts'

/** Does its script lead to this orchestrator, and can it get there? */
export function assessScript(ipxe: IpxeReport, { fqdn }: Expectations): readonly Finding[] {
  if (ipxe.scripts.length === 0) {
    return [warning('ARTIFACT_NO_SCRIPT', { message: `iPXE ${version(ipxe)}has no script built in.` })]
  }
  const urls = ipxe.scripts.flatMap((script) => script.urls)
  const strangers = fqdn === undefined ? [] : urls.filter((url) => leadsElsewhere(url, fqdn))
  const findings: Finding[] = []
  if (strangers.length > 0) {
    findings.push(
      unfit('ARTIFACT_WRONG_ORCHESTRATOR', {
        message: `Its script continues at ${escapeText(strangers.join(', '))}, wanted a host under ${fqdn}.`,
      }),
    )
  }
  if (!ipxe.https && urls.some((url) => url.startsWith('https:'))) {
    findings.push(
      error('ARTIFACT_NO_HTTPS', {
        message: `iPXE ${version(ipxe)}was built without HTTPS, which its script needs.`,
      }),
    )
  }
  return findings
}

/** A host that is only known at run time (`${next-server}`) is nobody's business here. */
function leadsElsewhere(url: string, fqdn: string): boolean {
  const host = /^https?:\/\/(?:[^/@]*@)?([^/:?#]+)/i.exec(url)?.[1]?.toLowerCase()
  if (host === undefined || host.includes('$')) return false
  return host !== fqdn.toLowerCase() && !host.endsWith(`.${fqdn.toLowerCase()}`)
}

function version({ version }: IpxeReport): string {
  return version === undefined ? '' : `${escapeText(version)} `
}
