import { EmfPxeError } from '../errors/error.ts'
import type { Streams } from './streams.ts'

/** Every question names the flag that answers it, so that a script can. */
interface Question {
  readonly message: string
  /** `--interface eth1`: shown when nobody can be asked. */
  readonly flag: string
}

export interface Choice<T> {
  readonly value: T
  readonly name: string
  readonly description?: string
  /** Shown but not selectable, with the reason. */
  readonly disabled?: string
}

export interface Prompts {
  readonly interactive: boolean
  select<T>(question: Question & { choices: readonly Choice<T>[]; initial?: T }): Promise<T>
  /** `--yes` answers every confirmation. */
  confirm(question: Question & { initial?: boolean }): Promise<boolean>
  input(
    question: Question & { initial?: string; validate?: (text: string) => true | string },
  ): Promise<string>
  /** Typed without echo. */
  password(question: Question & { validate?: (text: string) => true | string }): Promise<string>
}

export interface PromptSettings {
  readonly streams: Streams
  /** False with --no-input, or without a terminal on stdin and stderr. */
  readonly interactive: boolean
  readonly assumeYes: boolean
}

/** Questions go to stderr, so that stdout stays the result. inquirer is loaded at the first one. */
export function createPrompts(settings: PromptSettings): Prompts {
  const ask = async <T>(question: Question, details: Readonly<Record<string, unknown>>): Promise<T> => {
    if (!settings.interactive) throw missingAnswer(question)
    const { default: inquirer } = await import('inquirer')
    const prompt = inquirer.createPromptModule({
      input: settings.streams.stdin,
      output: settings.streams.stderr,
    })
    const questions = [{ name: 'answer', message: question.message, ...details }]
    const answers: Readonly<Record<string, unknown>> = await prompt(questions as never)
    return answers.answer as T
  }
  return {
    interactive: settings.interactive,
    select: (question) =>
      ask(question, { type: 'select', choices: question.choices, default: question.initial, pageSize: 12 }),
    confirm: async (question) =>
      settings.assumeYes || ask<boolean>(question, { type: 'confirm', default: question.initial ?? true }),
    input: (question) =>
      ask(question, { type: 'input', default: question.initial, validate: question.validate }),
    password: (question) => ask(question, { type: 'password', mask: false, validate: question.validate }),
  }
}

function missingAnswer(question: Question): EmfPxeError {
  return new EmfPxeError('ANSWER_MISSING', {
    message: `Nobody can be asked: “${question.message}”`,
    hint: `Pass ${question.flag}`,
  })
}
