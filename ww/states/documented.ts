import type { DocumentedRoute } from '../http/documented-route.ts'

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
