import { exitCodes } from '../exit-codes.ts'
import { entries } from './entry.ts'

export const deployErrors = entries({
  DEPLOY_PATH_UNUSABLE: {
    title: 'A path cannot be used by the installed service',
    exitCode: exitCodes.usage,
    hint: 'Choose a path below /etc for the configuration and below /var/lib for the state.',
  },
  DEPLOY_TOOL_MISSING: {
    title: 'A program that this target needs is not installed',
    exitCode: exitCodes.host,
    hint: 'Install it, then run the command again.',
  },
  DEPLOY_NOT_PERMITTED: {
    title: 'This user may not install on this machine',
    exitCode: exitCodes.host,
    hint: 'Run the same command with sudo.',
  },
  DEPLOY_BINARY_NEEDED: {
    title: 'This target needs the single binary',
    exitCode: exitCodes.usage,
    hint: 'npm run build:binary && ./dist/emf-pxe init',
  },
  DEPLOY_STEP_FAILED: {
    title: 'A step of the installation failed, and the steps before it were undone',
    exitCode: exitCodes.serviceManager,
    hint: 'The message names the command and what it said; correct that and run the same command again.',
  },
  DEPLOY_NOT_HEALTHY: {
    title: 'The service was started but did not become healthy',
    exitCode: exitCodes.serviceManager,
    hint: 'emf-pxe status',
  },
  DEPLOY_WOULD_DROP: {
    title: 'The new configuration would drop settings that are in force',
    exitCode: exitCodes.usage,
    hint: 'Repeat the settings that should stay, or pass --replace to drop them.',
  },
  DEPLOY_NOTHING_INSTALLED: {
    title: 'There is no record of an installation',
    exitCode: exitCodes.configuration,
    hint: 'Name the configuration of that installation: emf-pxe uninstall --config FILE',
  },
  DEPLOY_RECEIPT_UNREADABLE: {
    title: 'The record of the installation cannot be used',
    exitCode: exitCodes.configuration,
    hint: 'Run emf-pxe init again with the same settings: it writes the record anew.',
  },
  UPGRADE_FILE_UNUSABLE: {
    title: 'The file is not a program that can be upgraded to',
    exitCode: exitCodes.usage,
    hint: 'emf-pxe upgrade --to ./emf-pxe',
  },
  UPGRADE_NO_WAY_BACK: {
    title: 'There is no earlier version to go back to',
    exitCode: exitCodes.usage,
    hint: 'Name the file of the version you want: emf-pxe upgrade --to FILE',
  },
  CONTAINER_ON_BRIDGE: {
    title: 'The container is on a bridge network, which carries no PXE broadcasts',
    exitCode: exitCodes.configuration,
    hint: 'Start it again with: docker run --network host …',
  },
  PACKAGE_INVALID: {
    title: 'The Deployment Package breaks a rule of the catalog',
    exitCode: exitCodes.usage,
    hint: 'Correct the value named above; the rules are listed in docs/deployment-package.md.',
  },
})
