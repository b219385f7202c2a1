import type { Route } from './route.ts'

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
