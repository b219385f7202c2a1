/**
 * The engine that keeps the machines cannot be asked now: 503 over HTTP. Its name is UserError's, since an operator
 * can mend it: no stack is shown.
 */
export class StoreUnavailable extends Error {
  /** Whether the change may have been made, or may yet be: only asking again with the same key is safe. */
  readonly uncertain: boolean
  readonly exitCode = 1

  constructor(reason: string, uncertain: boolean, options?: ErrorOptions) {
    const outcome = uncertain
      ? 'whether the change was made is not known: ask again, with the same idempotency key so that it counts once'
      : 'nothing was changed: ask again'
    super(`${reason}; ${outcome}`, options)
    this.name = 'UserError'
    this.uncertain = uncertain
  }
}

/** Whether an error says that the store is away; by its shape, since a chunk of the bundle may carry its own class. */
export function isStoreUnavailable(error: unknown): error is StoreUnavailable {
  return error instanceof Error && error.name === 'UserError' && 'uncertain' in error
}
