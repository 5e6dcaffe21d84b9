import { stripVTControlCharacters } from 'node:util'

/** What oclif's parser refused, in the words of our own errors: what was seen, what is wanted. */
export function parserMessage(raw: string): string {
  const text = stripVTControlCharacters(raw).replace('\nSee more help with --help', '').trim()
  return missingArguments(text) ?? wrongNumber(text) ?? text.replace('Nonexistent flag', 'Unknown flag')
}

/** `Missing 1 required arg:`, one line for each (`target  (a|b) What for.`), sometimes a note on other flags. */
function missingArguments(text: string): string | undefined {
  if (!/^Missing \d+ required args?:/.test(text)) return undefined
  const [list = ''] = text.split('\n\n')
  const sentences = list.split('\n').slice(1).map(missingArgument)
  return sentences.join('\n')
}

function missingArgument(line: string): string {
  const [, name = line, options, description = ''] =
    /^(\S+)\s+(?:\(([^()]*\|[^()]*)\)\s+)?(.*)$/.exec(line.trim()) ?? []
  const choice = options === undefined ? '' : ` One of: ${options.split('|').join(', ')}.`
  return `${name.toUpperCase()} is missing: ${description}${choice}`
}

/** `Parsing --wait ⏎⇥Expected an integer but received: soon`. */
function wrongNumber(text: string): string | undefined {
  const found = /^Parsing (--[\w-]+)\s+Expected (.+?) but received: (.*)$/s.exec(text)
  return found === null ? undefined : `${found[1]} is ${found[3]}; wanted ${numberWanted(found[2] ?? '')}`
}

/** `an integer less than or equal to 60`, as a person says it. */
function numberWanted(wanted: string): string {
  return wanted
    .replace('an integer', 'a whole number')
    .replace('greater than or equal to', 'of at least')
    .replace('less than or equal to', 'of at most')
}
