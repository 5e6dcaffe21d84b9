import { codeInHex, type HintedFile, type HintInputs, hintedFiles } from './inputs.ts'

/** A class of PXE clients with one branch for each file. */
export function iscDhcpdLines(inputs: HintInputs): readonly string[] {
  const branches = [
    ...(inputs.scriptUrl === undefined
      ? []
      : [{ condition: 'exists user-class and option user-class = "iPXE"', name: inputs.scriptUrl }]),
    ...hintedFiles(inputs).map((file) => ({ condition: conditionOf(file), name: file.name })),
  ]
  return [
    '# emf-pxe: network boot',
    'option emf-architecture code 93 = unsigned integer 16;',
    'class "emf-pxe" {',
    '  match if substring (option vendor-class-identifier, 0, 9) = "PXEClient";',
    `  next-server ${inputs.serverAddress};`,
    ...branches.flatMap(({ condition, name }, index) => [
      `  ${index === 0 ? 'if' : '} elsif'} ${condition} {`,
      `    filename "${name}";`,
    ]),
    ...(branches.length === 0 ? [] : ['  }']),
    '}',
  ]
}

/** `00:07` is how dhcpd writes the two bytes of the option. */
function conditionOf({ codes }: HintedFile): string {
  return codes
    .map((code) => `option emf-architecture = ${codeInHex(code).slice(0, 2)}:${codeInHex(code).slice(2)}`)
    .join(' or ')
}
