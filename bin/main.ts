import { commandTable } from '../commands/index.ts'
import { startProcess } from '../src/cli/process.ts'

export async function main(): Promise<void> {
  await startProcess(commandTable)
}
