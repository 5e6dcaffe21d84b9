import { classPrefix, type HintInputs, hintedFiles } from './inputs.ts'

/**
 * An option set for each file, chosen by what option 60 contains; `next-server` is what UEFI firmware
 * takes the address from. The matcher compares whole options or parts of them, nothing by bits, so
 * that the class text is used and not option 93.
 */
export function mikrotikLines(inputs: HintInputs): readonly string[] {
  const { scriptUrl, serverAddress } = inputs
  const script =
    scriptUrl === undefined ? [] : [{ name: 'emf-ipxe', file: scriptUrl, code: 77, values: ['iPXE'] }]
  const files = hintedFiles(inputs).map(({ architecture, codes, name }) => ({
    name: `emf-${architecture}`,
    file: name,
    code: 60,
    values: codes.map(classPrefix),
  }))
  const sets = [...script, ...files]
  return [
    `/ip dhcp-server network set [find] next-server=${serverAddress}`,
    ...sets.map(
      ({ name, file }) => `/ip dhcp-server option add name=${name}-file code=67 value="s'${file}'"`,
    ),
    ...sets.map(({ name }) => `/ip dhcp-server option sets add name=${name} options=${name}-file`),
    ...sets.flatMap(({ name, code, values }) =>
      values.map(
        (value, index) =>
          `/ip dhcp-server matcher add name=${name}-${index + 1} server=dhcp1 address-pool=pool1 code=${code} matching-type=substring value="${value}" option-set=${name}`,
      ),
    ),
  ]
}
