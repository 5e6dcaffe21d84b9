import { parseArgs } from 'node:util'
import { runFuzzer } from './program.ts'

/** `npm run fuzz -- TARGET [--minutes N | --inputs N] [--seed N] [--input FILE] [--uncovered] [--finds DIRECTORY]`, `npm run fuzz -- --list`. */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    list: { type: 'boolean', default: false },
    minutes: { type: 'string' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    input: { type: 'string' },
    uncovered: { type: 'boolean', default: false },
    finds: { type: 'string', default: 'fuzz-finds' },
  },
})
process.exitCode = await runFuzzer({ ...values, names: positionals })
