import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const patienceMs = 60_000
let made = 0

/**
 * A real terminal of 80 columns, in tmux, that a test reads and types at as a person does. With
 * EMF_PXE_SCREENS=FILE every screen that was waited for is added to that file, to be looked at.
 */
export class Terminal {
  readonly #socket = `emf-pxe-${process.pid}-${made++}`
  #isHungUp = false

  /** Starts the command; the screen stays when it has ended. */
  static start(command: readonly string[], environment: Readonly<Record<string, string>> = {}): Terminal {
    const terminal = new Terminal()
    const words = [
      'env',
      ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      ...command,
    ]
    const line = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
    terminal.#tmux(
      '-f',
      '/dev/null',
      'new-session',
      '-d',
      '-x',
      '80',
      '-y',
      '60',
      `${line}; echo "exit $?"; sleep 600`,
    )
    return terminal
  }

  get screen(): string {
    return this.#tmux('capture-pane', '-p', '-J').trimEnd()
  }

  /** Waits until the last lines show it; rejects with the screen. */
  async sees(pattern: RegExp): Promise<string> {
    for (const endMs = Date.now() + patienceMs; ; await delay(100)) {
      const screen = this.screen
      if (pattern.test(screen)) return keep(screen)
      if (Date.now() > endMs) throw new Error(`the screen does not show ${pattern}:\n${screen}`)
    }
  }

  /** Moves down in a list until the cursor is at this line, and chooses it. */
  async choose(line: string): Promise<void> {
    for (let moves = 0; moves < 10 && !this.screen.includes(`❯ ${line}`); moves++) {
      this.press('Down')
      await delay(100)
    }
    await this.sees(new RegExp(`❯ ${line}`))
    this.press('Enter')
  }

  /** tmux's names of keys: `Enter`, `Down`, `Space`. */
  press(...keys: readonly string[]): void {
    for (const key of keys) this.#tmux('send-keys', key)
  }

  type(text: string): void {
    this.#tmux('send-keys', '-l', text)
    this.press('Enter')
  }

  close(): void {
    if (!this.#isHungUp) this.#tmux('kill-server')
  }

  /** Closed with the command in it, as a window is: the system sends SIGHUP. */
  hangUp(): void {
    this.#tmux('kill-session')
    this.#isHungUp = true
  }

  #tmux(...args: readonly string[]): string {
    // tmux runs the command by the user's shell, which for a service's user may be `nologin`.
    const env = { ...process.env, SHELL: '/bin/sh' }
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8', env })
  }
}

function keep(screen: string): string {
  const file = process.env.EMF_PXE_SCREENS
  if (file !== undefined) appendFileSync(file, `${'─'.repeat(80)}\n${screen}\n`)
  return screen
}
