import { commandTable } from '../../commands/index.ts'
import { commandsDocument } from './commands-document.ts'
import { configDocument } from './config-document.ts'
import { configJsonSchema } from './config-schema.ts'

/** Every document that is made from code, by its path in the project. */
export async function madeDocuments(): Promise<Readonly<Record<string, string>>> {
  const schema = configJsonSchema()
  return {
    'docs/config.md': configDocument(schema),
    'docs/config.schema.json': `${JSON.stringify(schema, undefined, 2)}\n`,
    'docs/commands.md': await commandsDocument(commandTable),
  }
}
