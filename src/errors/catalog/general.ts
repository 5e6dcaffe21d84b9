import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

export const generalErrors = entries({
  INTERNAL: {
    title: 'emf-pxe hit a bug',
    exitCode: exitCodes.bug,
    hint: 'Run the command again with DEBUG=emf-pxe and report what it prints.',
  },
  USAGE: {
    title: 'The command line was not understood',
    exitCode: exitCodes.usage,
    hint: 'emf-pxe --help',
  },
  ANSWER_MISSING: {
    title: 'A question needs an answer and nobody can be asked',
    exitCode: exitCodes.usage,
    hint: 'Pass the answer as a flag, or run the command on a terminal without --no-input.',
  },
  ABORTED: {
    title: 'Stopped by the person at the keyboard',
    exitCode: exitCodes.aborted,
    hint: 'Nothing was changed. Run the command again when ready.',
  },
  TERMINAL_CLOSED: {
    title: 'Stopped because the terminal was closed',
    exitCode: exitCodes.hangup,
    hint: 'Run the command again; what shall outlive its terminal is started in tmux, or by systemd.',
  },
})
