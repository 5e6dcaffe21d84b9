import { readFile } from 'node:fs/promises'
import { joinMachines, type Machine } from '../nodes/machines.ts'
import { requireSerials } from '../nodes/serial-file.ts'
import { readKnownNodes } from './known-nodes.ts'

/**
 * The machines of this site: what booting taught, joined with a CSV file that pairs MAC or UUID with
 * serial, since PXE packets do not tell serial numbers. @throws EmfPxeError NODES_CSV_INVALID
 */
export async function listMachines(
  stateDirectory: string,
  serialsFile: string | undefined,
): Promise<Machine[]> {
  const serials =
    serialsFile === undefined ? [] : requireSerials(await readFile(serialsFile, 'utf8'), serialsFile)
  return joinMachines(readKnownNodes(stateDirectory), serials)
}
