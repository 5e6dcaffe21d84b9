import { type CompletableCommand, firstWords, secondWords } from './completion.ts'

export function fishScript(commands: readonly CompletableCommand[]): string {
  const lines = [
    '# fish completion for emf-pxe',
    'complete -c emf-pxe -f',
    ...firstWords(commands).map((word) => {
      const summary = commands.find(({ name }) => name === word)?.summary ?? `${word} …`
      return `complete -c emf-pxe -n __fish_use_subcommand -a ${word} -d ${quote(summary)}`
    }),
    ...firstWords(commands).flatMap((word) => secondWordLines(word, commands)),
    ...commands.flatMap(flagLines),
  ]
  return `${lines.join('\n')}\n`
}

function secondWordLines(word: string, commands: readonly CompletableCommand[]): string[] {
  const seconds = secondWords(word, commands)
  const condition = `__fish_seen_subcommand_from ${word}; and not __fish_seen_subcommand_from ${seconds.join(' ')}`
  return seconds.map((second) => `complete -c emf-pxe -n ${quote(condition)} -a ${second}`)
}

function flagLines({ name, flags, words }: CompletableCommand): string[] {
  const condition = name
    .split(' ')
    .map((word) => `__fish_seen_subcommand_from ${word}`)
    .join('; and ')
  const start = `complete -c emf-pxe -n ${quote(condition)}`
  return [
    ...words.map((word) => `${start} -a ${word}`),
    ...flags.map((flag) => {
      const values = flag.values.length > 0 ? ` -a ${quote(flag.values.join(' '))}` : ''
      const takes = flag.takesValue ? `${flag.isPath ? ' -r -F' : ' -x'}${values}` : ''
      return `${start} -l ${flag.name}${takes} -d ${quote(flag.description)}`
    }),
  ]
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
