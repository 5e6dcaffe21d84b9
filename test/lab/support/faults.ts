import type { Fault } from './fault-making.ts'
import { bootFileFaults } from './faults/boot-file.ts'
import { machineFaults } from './faults/machine.ts'
import { networkFaults } from './faults/network.ts'
import { orchestratorFaults } from './faults/orchestrator.ts'
import { serviceFaults } from './faults/service.ts'

/** Every fault: made for real, named by a check, and gone after its remedy. */
export const faults: readonly Fault[] = [
  ...machineFaults,
  ...networkFaults,
  ...bootFileFaults,
  ...orchestratorFaults,
  ...serviceFaults,
]
