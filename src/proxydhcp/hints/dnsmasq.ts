import { type HintInputs, hintedFiles } from './inputs.ts'

/** Tags for architecture and iPXE, then one `dhcp-boot` each; iPXE is known by option 175. */
export function dnsmasqLines(inputs: HintInputs): readonly string[] {
  const files = hintedFiles(inputs)
  const { scriptUrl, serverAddress } = inputs
  const notIpxe = scriptUrl === undefined ? '' : 'tag:!emf-ipxe,'
  return [
    '# emf-pxe: network boot',
    ...files.flatMap(({ architecture, codes }) =>
      codes.map((code) => `dhcp-match=set:emf-${architecture},option:client-arch,${code}`),
    ),
    ...(scriptUrl === undefined ? [] : ['dhcp-match=set:emf-ipxe,175']),
    ...files.map(
      ({ architecture, name }) => `dhcp-boot=tag:emf-${architecture},${notIpxe}${name},,${serverAddress}`,
    ),
    ...(scriptUrl === undefined ? [] : [`dhcp-boot=tag:emf-ipxe,${scriptUrl},,${serverAddress}`]),
  ]
}
