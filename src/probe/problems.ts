import type { NotFetched } from '../node/tftp-client.ts'
import type { NodeKind } from './kinds.ts'

type Codes = Readonly<Record<NotFetched['reason'], string>>

/** What firmware puts on the screen when the file does not come. */
const fileCodes: Readonly<Partial<Record<NodeKind['chooser'], Codes>>> = {
  edk2: { refused: 'PXE-E23', 'no-answer': 'PXE-E18', stalled: 'PXE-E18', protocol: 'PXE-E99' },
  bios: { refused: 'PXE-E36', 'no-answer': 'PXE-E32', stalled: 'PXE-E35', protocol: 'PXE-E33' },
}

export function fileScreenCode(
  chooser: NodeKind['chooser'],
  { reason }: Pick<NotFetched, 'reason'>,
): string | undefined {
  return fileCodes[chooser]?.[reason]
}

/** What firmware puts on the screen when a boot server does not answer, or names no file. */
export function bootServerScreenCode(chooser: NodeKind['chooser'], answered: boolean): string | undefined {
  if (chooser === 'bios') return answered ? 'PXE-E53' : 'PXE-E55'
  if (chooser === 'edk2') return answered ? 'PXE-E16' : 'PXE-E18'
  return undefined
}

/** Why the file did not come, as a sentence that goes on after its name; may hold text from the network. */
export function fileProblem({ reason, detail, code, receivedBytes }: NotFetched): string {
  switch (reason) {
    case 'refused':
      return code === undefined ? detail : `the server refused it: “${detail}” (TFTP error ${code})`
    case 'no-answer':
      return `nothing came back (${detail}): a firewall drops UDP 69 or the data ports, or no TFTP server is there`
    case 'stalled':
      return `it stopped after ${receivedBytes} bytes (${detail}): a firewall, or losses on the way`
    default:
      return detail
  }
}
