import { type CompletableCommand, firstWords, secondWords } from './completion.ts'

/** Works with plain bash, without the bash-completion package. */
export function bashScript(commands: readonly CompletableCommand[]): string {
  const topics = firstWords(commands).filter((word) => secondWords(word, commands).length > 0)
  return `# bash completion for emf-pxe
_emf_pxe() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="\${COMP_WORDS[1]}" words=""
  COMPREPLY=()
  case "$command" in
${topics.map((topic) => topicCase(topic, commands)).join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${[...firstWords(commands), 'help'].join(' ')}"
  else
    case "$command $previous" in
${commands.flatMap(valueCases).join('\n')}
    esac
    case "$command" in
${topics
  .filter((topic) => !isCommand(topic, commands))
  .map((topic) => `      "${topic}") words="${secondWords(topic, commands).join(' ')}" ;;`)
  .join('\n')}
${commands.map((command) => commandCase(command, commands)).join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _emf_pxe emf-pxe
`.replaceAll(/^\n/gm, '')
}

/** Only with a second word that we know: `nodes --json` is `nodes`. */
function topicCase(topic: string, commands: readonly CompletableCommand[]): string {
  const known = secondWords(topic, commands).join('|')
  const take = `[ "$COMP_CWORD" -gt 2 ] && command="${topic} \${COMP_WORDS[2]}"`
  return `    ${topic}) case "\${COMP_WORDS[2]}" in ${known}) ${take} ;; esac ;;`
}

function isCommand(word: string, commands: readonly CompletableCommand[]): boolean {
  return commands.some(({ name }) => name === word)
}

function commandCase(
  { name, flags, words }: CompletableCommand,
  commands: readonly CompletableCommand[],
): string {
  const all = [...words, ...secondWords(name, commands), ...flags.map((flag) => `--${flag.name}`), '--help']
  return `      "${name}") words="${all.join(' ')}" ;;`
}

function valueCases({ name, flags }: CompletableCommand): string[] {
  return flags
    .filter(({ takesValue }) => takesValue)
    .map((flag) => {
      const source = flag.isPath ? '-f' : `-W "${flag.values.join(' ')}"`
      return `      "${name} --${flag.name}") mapfile -t COMPREPLY < <(compgen ${source} -- "$current"); return ;;`
    })
}
