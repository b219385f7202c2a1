import type { MessagePort, Worker } from 'node:worker_threads'
import { exitCode, isUserError, UserError } from '../base/errors.ts'

/** What a thread answers to: methods that give their result at once, of values that can be cloned. */
type Methods<Target> = {
  [Name in keyof Target]: Target[Name] extends (...args: infer Args) => infer Result
    ? { readonly args: Args; readonly result: Result }
    : never
}

type Asked = { readonly number: number; readonly name: string; readonly args: readonly unknown[] }
type Answered = {
  readonly number: number
  readonly result?: unknown
  readonly failed?: { readonly message: string; readonly exitCode: number | null }
}

/** Calls the methods of an object that lives in a thread of its own; a UserError there is one here. */
export class Calls<Target> {
  readonly #thread: Worker
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #ended: Error | null = null
  #number = 0

  constructor(thread: Worker) {
    this.#thread = thread
    thread.on('message', (answer: Answered) => this.#settle(answer))
    thread.on('error', (error) => this.#end(error))
    thread.on('exit', () => this.#end(new Error('it has ended')))
  }

  ask<Name extends keyof Target & string>(
    name: Name,
    ...args: Methods<Target>[Name]['args']
  ): Promise<Methods<Target>[Name]['result']> {
    if (this.#ended) return Promise.reject(this.#ended)
    const waiting = Promise.withResolvers<unknown>()
    this.#number += 1
    this.#waiting.set(this.#number, waiting)
    this.#thread.postMessage({ number: this.#number, name, args } satisfies Asked)
    // what comes back is what the method of this name gave
    return waiting.promise as Promise<Methods<Target>[Name]['result']>
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    await this.#thread.terminate()
  }

  #settle({ number, result, failed }: Answered): void {
    const waiting = this.#waiting.get(number)
    this.#waiting.delete(number)
    if (!failed) waiting?.resolve(result)
    else if (failed.exitCode === null) waiting?.reject(new Error(failed.message))
    else waiting?.reject(new UserError(failed.message, failed.exitCode))
  }

  #end(error: Error): void {
    this.#ended ??= new UserError(`a thread broke down: ${error.message}`, exitCode.failed, { cause: error })
    for (const { reject } of this.#waiting.values()) reject(this.#ended)
    this.#waiting.clear()
  }
}

/** Answers the calls that a thread gets; the object is made at the first, which hears when that fails. */
export function answerCalls<Target extends object>(port: MessagePort, make: () => Target): void {
  let target: Target | null = null
  port.on('message', ({ number, name, args }: Asked) => {
    try {
      target ??= make()
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') throw new Error(`there is no ${name}`)
      port.postMessage({ number, result: Reflect.apply(method, target, args) } satisfies Answered)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      const failed = { message, exitCode: isUserError(error) ? error.exitCode : null }
      port.postMessage({ number, failed } satisfies Answered)
    }
  })
}
