import type { Route } from '../http/route.ts'

/** A route with what its description in OpenAPI says beside the summary. */
export type DocumentedRoute = Route & {
  /** The parameters that it takes in the query, and what each is for; an asterisk marks the required ones. */
  readonly query?: Readonly<Record<string, string>>
  /** The headers that it takes. */
  readonly headers?: Readonly<Record<string, string>>
  /** The types of the body that it takes, for the routes that take one. */
  readonly takes?: readonly string[]
  /** Each status that it answers with: what that means, and the type of the body if not that of an error. */
  readonly answers: Readonly<Record<number, readonly [meaning: string, type?: string]>>
}

/** The answers that every change may get. */
export const changeAnswers = {
  401: ['The token is missing or unknown.'],
  403: ['A page of another origin asked.'],
  503: ['The change could not be kept; with an Idempotency-Key it is safe to ask again.'],
} as const satisfies DocumentedRoute['answers']

/** The headers that a change takes. */
export const changeHeaders = {
  'If-Match': 'The revision, as the ETag told it, that the change is meant for.',
  'Idempotency-Key': 'A retried change has the same, and counts once.',
} as const
