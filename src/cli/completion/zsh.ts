import { type CompletableCommand, type CompletableFlag, firstWords, secondWords } from './completion.ts'

export function zshScript(commands: readonly CompletableCommand[]): string {
  const described = firstWords(commands).map((word) => {
    const summary = commands.find(({ name }) => name === word)?.summary ?? `${word} …`
    return `    ${quote(`${word}:${summary}`)}`
  })
  const topics = firstWords(commands).filter((word) => secondWords(word, commands).length > 0)
  return `#compdef emf-pxe
# zsh completion for emf-pxe
_emf_pxe() {
  local -a commands=(
${described.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  case $command in
${topics.map((topic) => topicCase(topic, commands)).join('\n')}
  esac
  case $command in
${commands.map(commandCase).join('\n')}
  esac
}
_emf_pxe "$@"
`.replaceAll(/^\n/gm, '')
}

function topicCase(topic: string, commands: readonly CompletableCommand[]): string {
  const words = secondWords(topic, commands)
  const offer = `if (( CURRENT == 3 )) && [[ $words[3] != -* ]]; then compadd ${words.join(' ')}; return; fi`
  const take = `case $words[3] in ${words.join('|')}) command="${topic} $words[3]" ;; esac`
  return `    ${topic}) ${offer}; ${take} ;;`
}

function commandCase({ name, flags, words }: CompletableCommand): string {
  const specs = [
    ...flags.map(flagSpec),
    ...(words.length > 0 ? [quote(`1:argument:(${words.join(' ')})`)] : []),
  ]
  return `    ${quote(name)}) shift words; (( CURRENT-- )); _arguments ${specs.join(' ')} ;;`
}

/** `--name[description]:value:action`, in which brackets and colons of the text are escaped. */
function flagSpec(flag: CompletableFlag): string {
  const text = flag.description.replaceAll(/[[\]:]/g, '\\$&')
  const action = flag.isPath ? '_files' : flag.values.length > 0 ? `(${flag.values.join(' ')})` : ' '
  return quote(`--${flag.name}[${text}]${flag.takesValue ? `:value:${action}` : ''}`)
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
