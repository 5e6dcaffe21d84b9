import { readWhole } from '../config/read-whole.ts'
import { joinMachines, type Machine } from '../nodes/machines.ts'
import { requireSerials } from '../nodes/serial-file.ts'
import { readKnownNodes } from './known-nodes.ts'

/** A hundred thousand machines. */
const mostSerialsBytes = 16 << 20

/**
 * The machines of this site: what booting taught, joined with a CSV file that pairs MAC or UUID with
 * serial, since PXE packets do not tell serial numbers. @throws EmfPxeError NODES_CSV_INVALID
 */
export async function listMachines(
  stateDirectory: string,
  serialsFile: string | undefined,
): Promise<Machine[]> {
  const serials =
    serialsFile === undefined
      ? []
      : requireSerials((await readWhole(serialsFile, mostSerialsBytes)).toString('utf8'), serialsFile)
  return joinMachines(readKnownNodes(stateDirectory), serials)
}
