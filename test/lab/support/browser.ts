import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

/** Without these, Chromium looks for hosts of its own at every start. */
const quiet = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One page of a headless Chromium, driven through its debugging protocol. */
export interface Page {
  /** Runs an expression in the page, and returns its value. */
  evaluate<T>(expression: string): Promise<T>
  /** Waits until an expression is true; rejects after some seconds with the page's text. */
  until(expression: string): Promise<void>
  colorScheme(scheme: 'light' | 'dark'): Promise<void>
  /** As a person presses it. */
  press(key: string): Promise<void>
  screenshot(): Promise<Buffer>
  /** Errors and refusals by the content security policy that the page reported. */
  readonly complaints: string[]
  close(): Promise<void>
}

type Reply = { readonly result?: unknown; readonly error?: { readonly message: string } }

export async function openPage(url: string, size = '1200,1300'): Promise<Page> {
  const profile = await mkdtemp(join(tmpdir(), 'emf-pxe-chromium-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', `--window-size=${size}`]
  const child = spawn(
    'chromium',
    [...flags, ...quiet, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, TMPDIR: profile } },
  )
  const port = await debuggingPort(child.stderr)
  const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
    type: string
    webSocketDebuggerUrl: string
  }[]
  const target = targets.find(({ type }) => type === 'page')
  if (target === undefined) throw new Error('Chromium opened no page')
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const complaints: string[] = []
  const waiting = new Map<number, (reply: Reply) => void>()
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data))
    if (message.id !== undefined) waiting.get(message.id)?.(message)
    if (message.method === 'Log.entryAdded') complaints.push(message.params.entry.text)
    if (message.method === 'Runtime.exceptionThrown')
      complaints.push(message.params.exceptionDetails.exception?.description ?? 'exception')
  })
  let calls = 0
  const call = async (method: string, params: object = {}): Promise<Record<string, unknown>> => {
    const id = ++calls
    const replied = new Promise<Reply>((resolve) => waiting.set(id, resolve))
    socket.send(JSON.stringify({ id, method, params }))
    const reply = await replied
    if (reply.error !== undefined) throw new Error(`${method}: ${reply.error.message}`)
    return reply.result as Record<string, unknown>
  }
  const evaluate = async <T>(expression: string): Promise<T> => {
    const answer = await call('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true })
    return (answer.result as { value: T }).value
  }
  for (const domain of ['Log', 'Runtime', 'Page']) await call(`${domain}.enable`)
  await call('Page.navigate', { url })
  return {
    complaints,
    evaluate,
    until: async (expression) => {
      for (let turn = 0; turn < 100; turn++) {
        if (await evaluate<boolean>(expression)) return
        await pause(100)
      }
      throw new Error(`never true: ${expression}\n${await evaluate<string>('document.body.innerText')}`)
    },
    colorScheme: async (value) => {
      await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
    },
    press: async (key) => {
      const keyCode = { Tab: 9, Enter: 13 }[key]
      const text = key === 'Enter' ? { text: '\r' } : {}
      await call('Input.dispatchKeyEvent', {
        type: 'keyDown',
        key,
        code: key,
        windowsVirtualKeyCode: keyCode,
        ...text,
      })
      await call('Input.dispatchKeyEvent', { type: 'keyUp', key, code: key, windowsVirtualKeyCode: keyCode })
    },
    screenshot: async () => Buffer.from(String((await call('Page.captureScreenshot')).data), 'base64'),
    close: async () => {
      socket.close()
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGKILL')
      await gone
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function debuggingPort(stderr: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: stderr })) {
    const port = /^DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(line)?.[1]
    if (port !== undefined) {
      stderr.resume()
      return Number(port)
    }
  }
  throw new Error('Chromium did not start')
}
