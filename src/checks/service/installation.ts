/** What `init` wrote down of itself, as far as checks look at it (`deploy/receipt.ts`). */
export interface Installation {
  /** Version of the program that was installed. */
  readonly version: string
  readonly target: string
  readonly complete: boolean
  readonly writtenAt: string
  readonly done: readonly (
    | { readonly kind: 'file'; readonly path: string; readonly sha256: string }
    | { readonly kind: 'command' }
  )[]
}
