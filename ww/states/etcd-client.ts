import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../base/errors.ts'
import type { EtcdAddress } from './etcd-address.ts'
import { EtcdConnection } from './etcd-connection.ts'
import { readFailure } from './etcd-failure.ts'
import { StoreUnavailable } from './unavailable.ts'

/** How long to wait, in milliseconds. */
export type EtcdPatience = {
  /** For an answer from one member, before the next one is asked. */
  readonly attempt: number
  /** For an answer at all: no attempt begins after it. */
  readonly total: number
  /** Without a word on a watch, before it is opened anew: a dead connection tells nothing. */
  readonly silence: number
}

/** Speaks to etcd through the JSON gateway, with whichever member answers. */
export class EtcdClient {
  readonly #address: EtcdAddress
  readonly #patience: EtcdPatience
  readonly #connection: EtcdConnection
  /** Which member is asked: one that answers, until it fails. */
  #current = 0

  constructor(address: EtcdAddress, patience: EtcdPatience) {
    this.#address = address
    this.#patience = patience
    this.#connection = new EtcdConnection(address)
  }

  /**
   * Asks until a member answers. `uncertain` tells that an earlier attempt of this call may have been carried out:
   * whoever changes something must bear that it is carried out twice. Rejects with StoreUnavailable when none answers
   * in time, and with a UserError when etcd refuses.
   */
  async call(path: string, body: object, changes: boolean): Promise<{ answer: unknown; uncertain: boolean }> {
    const deadline = performance.now() + this.#patience.total
    const bytes = JSON.stringify(body)
    let uncertain = false
    for (let attempt = 1; ; attempt += 1) {
      const endpoint = this.#current
      try {
        const signal = AbortSignal.timeout(this.#patience.attempt)
        return { answer: JSON.parse(await text(await this.#open(path, bytes, signal))), uncertain }
      } catch (error) {
        const failure = readFailure(error)
        if (failure.refused) throw new UserError(`etcd refuses: ${failure.reason}`)
        uncertain ||= changes && failure.uncertain
        this.#turnFrom(endpoint)
        // a round over all members, then a breath: an election takes a second
        const pause = attempt % this.#address.endpoints.length === 0 ? 50 : 0
        if (performance.now() + pause >= deadline)
          throw new StoreUnavailable(`cannot reach etcd at ${this.#names}: ${failure.reason}`, uncertain)
        await delay(pause)
      }
    }
  }

  /**
   * Opens a stream and hands over each message; returns when the stream ends or has been silent for long, rejects when
   * it cannot be opened and when it breaks.
   */
  async stream(
    path: string,
    body: object,
    stop: AbortSignal,
    hear: (message: unknown) => Promise<void>,
  ): Promise<void> {
    const endpoint = this.#current
    const silence = new AbortController()
    const give = (ms: number): NodeJS.Timeout =>
      setTimeout(() => silence.abort(new Error('it is silent')), ms)
    let timer = give(this.#patience.attempt)
    let heard = false
    try {
      const answer = await this.#open(path, JSON.stringify(body), AbortSignal.any([stop, silence.signal]))
      let rest = ''
      for await (const chunk of answer.setEncoding('utf8')) {
        clearTimeout(timer)
        heard = true
        const lines = `${rest}${chunk}`.split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) await hear(JSON.parse(line))
        timer = give(this.#patience.silence)
      }
    } catch (error) {
      // it may be dead, or nothing may have happened: nobody can tell, and a new one is cheap
      if (!heard || !silence.signal.aborted) throw error
    } finally {
      clearTimeout(timer)
      if (!heard) this.#turnFrom(endpoint)
    }
  }

  close(): void {
    this.#connection.close()
  }

  #open(path: string, body: string, signal: AbortSignal): Promise<IncomingMessage> {
    return this.#connection.open(this.#address.endpoints[this.#current] ?? '', path, body, signal)
  }

  get #names(): string {
    return this.#address.endpoints.map((endpoint) => new URL(endpoint).host).join(', ')
  }

  #turnFrom(endpoint: number): void {
    if (this.#current === endpoint) this.#current = (endpoint + 1) % this.#address.endpoints.length
  }
}
