import type { CertificateFacts } from './certificate.ts'

/** Products that open TLS connections, by what they write into the certificates they make up. */
const products: readonly (readonly [RegExp, string])[] = [
  [/zscaler/i, 'Zscaler'],
  [/netskope|goskope/i, 'Netskope'],
  [/forti(gate|net|web|proxy)/i, 'Fortinet'],
  [/palo ?alto|pan-?os/i, 'Palo Alto Networks'],
  [/blue ?coat|proxysg|symantec web/i, 'Symantec (Blue Coat)'],
  [/umbrella|cisco (secure|web security|ironport)|ironport/i, 'Cisco Umbrella or Secure Web Appliance'],
  [/check ?point/i, 'Check Point'],
  [/sophos/i, 'Sophos'],
  [/skyhigh|mcafee web|mcafee.*gateway/i, 'Skyhigh (McAfee Web Gateway)'],
  [/forcepoint|websense/i, 'Forcepoint'],
  [/barracuda/i, 'Barracuda'],
  [/watchguard|fireware/i, 'WatchGuard'],
  [/sonicwall/i, 'SonicWall'],
  [/smoothwall/i, 'Smoothwall'],
  [/iboss/i, 'iboss'],
  [/trend ?micro/i, 'Trend Micro'],
  [/menlo security/i, 'Menlo Security'],
  [/cato networks/i, 'Cato Networks'],
  [/cloudflare (for teams|gateway|zero trust)|gateway ca - cloudflare/i, 'Cloudflare Gateway'],
  [/kaspersky/i, 'Kaspersky'],
  [/bitdefender/i, 'Bitdefender'],
  [/\beset\b/i, 'ESET'],
  [/avast|avg (web|technologies)/i, 'Avast'],
  [/squid/i, 'Squid'],
  [/mitmproxy/i, 'mitmproxy'],
  [/charles proxy/i, 'Charles Proxy'],
  [/fiddler/i, 'Fiddler'],
  [/burp|portswigger/i, 'Burp Suite'],
  [/opnsense|pfsense/i, 'OPNsense or pfSense'],
  [/untangle|arista edge threat/i, 'Untangle'],
  [/(ssl|tls|https|web)[ -]?(inspection|interception|decrypt)/i, 'a TLS inspection device'],
]

/** The product whose name stands in the chain's issuers; undefined when none is known. */
export function inspectionProduct(chain: readonly CertificateFacts[]): string | undefined {
  const issuers = chain.map((certificate) => certificate.issuer).join('\n')
  return products.find(([pattern]) => pattern.test(issuers))?.[1]
}
