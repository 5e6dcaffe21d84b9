/** Looks again and again until something holds that the cluster brings about in its own time. */
export async function until(
  condition: () => boolean,
  what: string,
  timeoutMs: number,
  tell: () => string = () => '',
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms\n${tell()}`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
