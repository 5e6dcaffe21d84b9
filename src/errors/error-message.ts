/** What a caught value says of itself: anything may be thrown. For our own words see `translate.ts`. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
