import { commandHelp, rootHelp } from '../../src/cli/help.ts'
import { type CommandTable, commandGroups } from '../../src/cli/table.ts'
import { createTheme } from '../../src/ui/theme.ts'

const look = { theme: createTheme({ color: false, unicode: true }), columns: 80 }

const introduction = `# Commands

<!-- Made from the help of the commands by \`node bin/write-docs.ts\`. -->

The result of a command goes to stdout; progress, questions and hints go to stderr. Exit codes are in
[errors.md](errors.md#exit-codes).`

/** `docs/commands.md`: what \`--help\` prints, for every command. */
export async function commandsDocument(table: CommandTable): Promise<string> {
  const blocks = [introduction, '## emf-pxe', fenced(rootHelp(table, look))]
  for (const group of commandGroups) {
    for (const [name, entry] of Object.entries(table)) {
      if (entry.group !== group) continue
      blocks.push(`## emf-pxe ${name}`, fenced(await commandHelp(name, table, look)))
    }
  }
  return `${blocks.join('\n\n')}\n`
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``
}
