/** The part of a stream that the user interface looks at; `process.stdout` is one. */
export interface OutputStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
  /** Bytes that wait for the reader. */
  readonly writableLength?: number
}

export interface InputStream extends NodeJS.ReadableStream {
  readonly isTTY?: boolean
  /** Keys one by one, Ctrl-C among them; terminals have it. */
  setRawMode?(raw: boolean): unknown
}

/** Where a command reads and writes: results go to `stdout`, everything else to `stderr`. */
export interface Streams {
  readonly stdin: InputStream
  readonly stdout: OutputStream
  readonly stderr: OutputStream
}

export type Environment = Readonly<Record<string, string | undefined>>
