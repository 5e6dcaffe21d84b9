import { chmodSync, writeFileSync } from 'node:fs'
import { configured, dhcp, endpointFault, type Fault, once, paste, tls, tokenFile } from '../fault-making.ts'
import { fqdn } from '../fault-site.ts'

/** What is wrong at the orchestrator, or on the way to it. */
export const orchestratorFaults: readonly Fault[] = [
  {
    name: 'a name that DNS does not know',
    check: 'orchestrator-tls',
    evidence: /no DNS server gave an answer|DNS knows no such name/,
    make: dhcp({ knowsOrchestrator: false }),
  },
  {
    name: 'an orchestrator that is away',
    check: 'orchestrator-tls',
    evidence: /nothing listens on this port/,
    make: async (site) => {
      site.lan.exec(site.cloud, [
        'nft',
        'table inet away { chain in { type filter hook input priority 0; tcp dport { 443, 9443 } reject with tcp reset; }; }',
      ])
      return once(async () => site.lan.exec(site.cloud, ['nft', 'delete table inet away']))
    },
  },
  {
    name: 'nobody who vouches for the certificate',
    check: 'orchestrator-certificate',
    evidence: /self-signed|vouch|trust/i,
    make: configured((config) => ({ ...config, orchestrator: { fqdn } })),
  },
  {
    name: 'a certificate that ends next week',
    check: 'certificate-expiry',
    outcome: 'warning',
    evidence: /it ends on/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate({ validUntilMs: Date.now() + 5 * 86_400_000 })
      return once(() => orchestrator.rotateCertificate())
    },
  },
  {
    name: 'a certificate that has expired',
    check: 'orchestrator-certificate',
    evidence: /expired/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate({
        validFromMs: Date.now() - 9 * 86_400_000,
        validUntilMs: Date.now() - 86_400_000,
      })
      return once(() => orchestrator.rotateCertificate())
    },
  },
  {
    name: 'a certificate that iPXE cannot use',
    check: 'orchestrator-ipxe-tls',
    evidence: /has a key of kind EC secp521r1, which iPXE does not know; here it speaks TLSv1\.3/,
    remedy: /allow TLS 1\.2 with an RSA certificate/,
    make: async ({ orchestrator }) => {
      await orchestrator.rotateCertificate({ key: 'EC P-521' })
      return once(() => orchestrator.rotateCertificate())
    },
  },
  {
    name: 'an endpoint that speaks TLS 1.3 alone',
    check: 'orchestrator-ipxe-tls',
    evidence: /no TLS 1\.2 cipher in common with any iPXE; here it speaks TLSv1\.3/,
    make: tls({ minVersion: 'TLSv1.3' }),
  },
  {
    name: 'an endpoint whose only cipher iPXE lacks',
    check: 'orchestrator-ipxe-tls',
    evidence: /no TLS 1\.2 cipher.*here it speaks TLSv1\.2 ECDHE-RSA-CHACHA20-POLY1305/,
    make: tls({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-CHACHA20-POLY1305' }),
  },
  {
    name: 'no boot.ipxe',
    check: 'orchestrator-script',
    evidence: /404/,
    make: endpointFault('boot.ipxe', { kind: 'status', status: 404 }),
  },
  {
    name: 'a login page in the place of boot.ipxe',
    check: 'orchestrator-script',
    evidence: /a web page came/,
    make: endpointFault('boot.ipxe', { kind: 'webPage' }),
  },
  {
    name: 'no kernel',
    check: 'orchestrator-kernel',
    evidence: /vmlinuz-x86_64.*404/,
    make: endpointFault('vmlinuz-x86_64', { kind: 'status', status: 404 }),
  },
  {
    name: 'a rate limit',
    check: 'orchestrator-rate',
    outcome: 'warning',
    evidence: /429, come back in 30 s/,
    make: endpointFault('boot.ipxe', { kind: 'status', status: 429, headers: { 'retry-after': '30' } }),
  },
  {
    name: 'an expired token',
    check: 'orchestrator-token',
    outcome: 'warning',
    evidence: /expired/,
    make: tokenFile(({ orchestrator }, path) =>
      writeFileSync(path, orchestrator.issueToken({ lifetimeSeconds: -60 }), { mode: 0o600 }),
    ),
  },
  {
    name: 'a token that everybody can read',
    check: 'orchestrator-token',
    outcome: 'warning',
    evidence: /can be read by others/,
    remedy: /^chmod 600/,
    make: tokenFile(({ orchestrator }, path) => {
      writeFileSync(path, orchestrator.issueToken())
      chmodSync(path, 0o644)
    }),
    repair: paste,
  },
  {
    name: 'a token file that is not there',
    check: 'orchestrator-token',
    evidence: /cannot be read/,
    make: tokenFile(() => {}),
  },
]
