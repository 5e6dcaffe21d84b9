/** Longest line: a snapshot of some thousand stories. */
const mostCharacters = 64_000_000

/** Lines of a stream, whole ones only; throws when one has no end. */
export async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > mostCharacters) throw new Error('a line without end')
    yield* lines
  }
}
