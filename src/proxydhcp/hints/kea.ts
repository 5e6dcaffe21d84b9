import { codeInHex, type HintedFile, type HintInputs, hintedFiles } from './inputs.ts'

/** One client class for each file; Kea evaluates them in this order, so that the others can exclude iPXE. */
export function keaLines(inputs: HintInputs): readonly string[] {
  const { scriptUrl, serverAddress } = inputs
  const script =
    scriptUrl === undefined ? [] : [{ name: 'emf-ipxe', test: 'option[175].exists', file: scriptUrl }]
  const files = hintedFiles(inputs).map((file) => ({
    name: `emf-${file.architecture}`,
    test: scriptUrl === undefined ? testOf(file) : `(${testOf(file)}) and not member('emf-ipxe')`,
    file: file.name,
  }))
  const classes = [...script, ...files].map(({ name, test, file }) =>
    JSON.stringify({ name, test, 'next-server': serverAddress, 'boot-file-name': file }),
  )
  return [
    '"client-classes": [',
    ...classes.map((text, index) => `  ${text}${index + 1 < classes.length ? ',' : ''}`),
    ']',
  ]
}

function testOf({ codes }: HintedFile): string {
  return codes.map((code) => `option[93].hex == 0x${codeInHex(code)}`).join(' or ')
}
