import { classPrefix, type HintedFile, type HintInputs, hintedFiles } from './inputs.ts'

/** Vendor classes and policies for the whole server; add `-ScopeId` to keep them to one scope. */
export function windowsLines(inputs: HintInputs): readonly string[] {
  return [
    '# emf-pxe: network boot',
    ...scriptLines(inputs),
    ...hintedFiles(inputs).flatMap((file) => fileLines(file, inputs.serverAddress)),
  ]
}

/** Policies are tried in their order: that of iPXE has to come first. */
function scriptLines({ scriptUrl, serverAddress }: HintInputs): readonly string[] {
  if (scriptUrl === undefined) return []
  return [
    "Add-DhcpServerv4Class -Name 'emf-pxe iPXE' -Type User -Data 'iPXE'",
    "Add-DhcpServerv4Policy -Name 'emf-pxe iPXE' -ProcessingOrder 1 -Condition OR -UserClass EQ,'emf-pxe iPXE'",
    ...optionLines('emf-pxe iPXE', serverAddress, scriptUrl),
  ]
}

/** A trailing star takes in what follows the architecture in option 60. */
function fileLines({ architecture, codes, name }: HintedFile, serverAddress: string): readonly string[] {
  const policy = `emf-pxe ${architecture}`
  const classes = codes.map((code) => ({ name: `${policy} ${code}`, data: classPrefix(code) }))
  return [
    ...classes.map((one) => `Add-DhcpServerv4Class -Name '${one.name}' -Type Vendor -Data '${one.data}'`),
    `Add-DhcpServerv4Policy -Name '${policy}' -Condition OR -VendorClass EQ,${classes
      .map((one) => `'${one.name}*'`)
      .join(',')}`,
    ...optionLines(policy, serverAddress, name),
  ]
}

function optionLines(policy: string, serverAddress: string, name: string): readonly string[] {
  const set = `Set-DhcpServerv4OptionValue -PolicyName '${policy}'`
  return [`${set} -OptionId 66 -Value '${serverAddress}'`, `${set} -OptionId 67 -Value '${name}'`]
}
