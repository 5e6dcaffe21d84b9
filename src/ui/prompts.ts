import { EmfPxeError } from '../errors/error.ts'
import { whenLeft } from './leaving.ts'
import type { Streams } from './streams.ts'
import { mark, type Theme } from './theme.ts'

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
  /** Several of them; `initial` are ticked at first. At least one must be chosen. */
  selectMany<T>(
    question: Question & { choices: readonly Choice<T>[]; initial?: readonly T[] },
  ): Promise<readonly T[]>
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
  readonly theme: Theme
  /** Takes back the question that waits for its answer. */
  readonly abort?: AbortSignal | undefined
}

/** Questions go to stderr, so that stdout stays the result. inquirer is loaded at the first one. */
export function createPrompts(settings: PromptSettings): Prompts {
  const ask = async <T>(question: Question, details: Readonly<Record<string, unknown>>): Promise<T> => {
    if (!settings.interactive) throw missingAnswer(question)
    const { default: inquirer } = await import('inquirer')
    const { stdin, stderr } = settings.streams
    using leaving = whenLeft(stdin)
    const signal = AbortSignal.any([
      leaving.signal,
      ...(settings.abort === undefined ? [] : [settings.abort]),
    ])
    const prompt = inquirer.createPromptModule({ input: stdin, output: stderr, signal })
    const look = questionLook(settings.theme)
    const questions = [{ name: 'answer', message: question.message, theme: look, ...details }]
    const answers: Readonly<Record<string, unknown>> = await prompt(questions as never)
    return answers.answer as T
  }
  return {
    interactive: settings.interactive,
    select: (question) =>
      ask(question, { type: 'select', choices: question.choices, default: question.initial, pageSize: 12 }),
    selectMany: (question) =>
      ask(question, {
        type: 'checkbox',
        choices: question.choices,
        default: question.initial,
        required: true,
        pageSize: 12,
      }),
    confirm: async (question) =>
      settings.assumeYes || ask<boolean>(question, { type: 'confirm', default: question.initial ?? true }),
    input: (question) =>
      ask(question, { type: 'input', default: question.initial, validate: question.validate }),
    password: (question) => ask(question, { type: 'password', mask: false, validate: question.validate }),
  }
}

/** inquirer's look in our colours and symbols; it would look at stdout to choose its own. */
function questionLook(theme: Theme): object {
  const { pointer, ticked, unticked } = theme.symbols
  return {
    prefix: { idle: theme.accent('?'), done: mark(theme, 'ok') },
    icon: { cursor: pointer, checked: theme.good(ticked), unchecked: unticked },
    style: {
      answer: theme.accent,
      message: theme.bold,
      error: theme.bad,
      defaultAnswer: (text: string) => theme.dim(`(${text})`),
      help: theme.dim,
      highlight: theme.accent,
      description: theme.dim,
      disabled: theme.dim,
      keysHelpTip: (keys: readonly (readonly [key: string, action: string])[]) =>
        theme.dim(keys.map(([key, action]) => `${keyName(key)} ${action}`).join(', ')),
    },
  }
}

function keyName(key: string): string {
  return { '↑↓': 'arrows', '⏎': 'Enter' }[key] ?? key
}

function missingAnswer(question: Question): EmfPxeError {
  return new EmfPxeError('ANSWER_MISSING', {
    message: `Nobody can be asked: “${question.message}”`,
    hint: `Pass ${question.flag}`,
  })
}
