import { answerError, type Route } from '../http/route.ts'

/** Lets the changes that are under way end before the service does: who was counted is told so. */
export class Drain {
  #running = 0
  #stopping = false
  readonly #idle = Promise.withResolvers<void>()

  /** A handler that is waited for, and takes nothing more when the service is about to end. */
  guard(handler: Route['handler']): Route['handler'] {
    return async (request) => {
      if (this.#stopping)
        return answerError(503, 'stopping', 'the service is stopping: ask again', { 'retry-after': '1' })
      this.#running += 1
      try {
        return await handler(request)
      } finally {
        this.#running -= 1
        if (this.#stopping && this.#running === 0) this.#idle.resolve()
      }
    }
  }

  /** Resolves when nothing is under way any more, and the last answers have gone to the kernel. */
  async stop(): Promise<void> {
    this.#stopping = true
    if (this.#running > 0) await this.#idle.promise
    await new Promise((done) => setImmediate(done))
  }
}
