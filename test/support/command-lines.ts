import { commandTable } from '../../commands/index.ts'
import { flagsOf } from '../../src/cli/twins.ts'

/** What stands before a command that is meant to be typed. */
const meantToBeTyped = /(?:[`'"“$>→:]|sudo|then|with)\s*$/
/** Words that follow the name of the program in sentences, which may begin like a command. */
const prose = 'binary configuration does gives has hit is needs runs trusts uses wrote'.split(' ')

/**
 * The command lines in a text that nobody could run: `emf-pxe WORD` without such a command, and
 * commands with a flag that they do not have. `install.sh` passes its flags on to `init`.
 */
export async function brokenCommandLines(text: string): Promise<string[]> {
  const pieces = text.replaceAll(/\s*\\{1,2}\n\s*/g, ' ').split(/(?=\bemf-pxe [a-z]|\binstall\.sh )/)
  const checked = pieces.map(async (piece, index) => {
    const isTyped = meantToBeTyped.test(pieces[index - 1] ?? '')
    const line = /^[^`"'“”\n;|]*/.exec(piece)?.[0].trim() ?? ''
    return (await isBroken(line, isTyped)) ? [line] : []
  })
  return (await Promise.all(checked)).flat()
}

async function isBroken(line: string, isTyped: boolean): Promise<boolean> {
  const [, first = '', second = ''] = /^\S+ ([a-z][a-z-]*)?(?![A-Za-z])( [a-z][a-z-]*)?/.exec(line) ?? []
  if (line.startsWith('install.sh')) return await hasUnknownFlag('init', line)
  if (!line.startsWith('emf-pxe') || first === '' || first === 'help') return false
  const name = [first + second, first].find((candidate) => Object.hasOwn(commandTable, candidate))
  if (name === undefined) return (isTyped || line.includes(' --')) && !prose.includes(first)
  return await hasUnknownFlag(name, line)
}

async function hasUnknownFlag(name: string, line: string): Promise<boolean> {
  const flags = flagsOf((await commandTable[name]?.load()) ?? { flags: {}, baseFlags: {} })
  const named = [...line.matchAll(/(?<=[\s[])--([a-z][a-z-]*)/g)].map(([, flag]) => flag ?? '')
  const isKnown = (flag: string) =>
    flag === 'help' || Object.hasOwn(flags, flag) || flags[flag.replace(/^no-/, '')]?.allowNo === true
  return !named.every(isKnown)
}
