import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

/** What the operating system says, in our words; `src/errors/translate.ts` picks them. */
export const systemErrors = entries({
  DISK_FULL: {
    title: 'The disk is full',
    exitCode: exitCodes.host,
    hint: 'df -h',
  },
  DISK_READ_ONLY: {
    title: 'The file system may only be read',
    exitCode: exitCodes.host,
    hint: 'Name a writable place with --state-dir DIR, or mount this one for writing.',
  },
  PERMISSION_DENIED: {
    title: 'This user may not do that',
    exitCode: exitCodes.host,
    hint: 'Run the command as root, or as the user that owns the file.',
  },
  FILE_MISSING: {
    title: 'A file or directory does not exist',
    exitCode: exitCodes.host,
    hint: 'Check the path, then run the command again.',
  },
  FILE_WRONG_KIND: {
    title: 'A directory stands where a file is wanted, or the reverse',
    exitCode: exitCodes.host,
    hint: 'Check the path, then run the command again.',
  },
  FILE_TOO_LARGE: {
    title: 'A file is larger than one of its kind can be',
    exitCode: exitCodes.host,
    hint: 'Check the path, then run the command again.',
  },
  DIRECTORY_UNUSABLE: {
    title: 'No directory can be made at this place',
    exitCode: exitCodes.host,
    hint: 'Name a place on a disk of this machine, such as /var/lib/emf-pxe.',
  },
  PROGRAM_MISSING: {
    title: 'A program that is needed is not installed',
    exitCode: exitCodes.host,
    hint: 'Install it, or put its directory into PATH.',
  },
  ADDRESS_NOT_LOCAL: {
    title: 'This machine does not have that address',
    exitCode: exitCodes.host,
    hint: 'ip -brief address',
  },
  TOO_MANY_OPEN_FILES: {
    title: 'The limit of open files is reached',
    exitCode: exitCodes.host,
    hint: 'ulimit -n 65536',
  },
  NETWORK_FAILED: {
    title: 'A connection could not be made, or broke',
    exitCode: exitCodes.orchestrator,
    hint: 'Check name resolution, routes and firewalls from this machine, then try again.',
  },
})
