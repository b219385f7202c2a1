import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { UserError } from '../errors.ts'
import type { EtcdAddress } from './etcd-address.ts'
import { readFailure, shouldAuthenticate } from './etcd-failure.ts'
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

/** Speaks to etcd through the JSON gateway, with whichever member answers; node:http, since each update waits for it. */
export class EtcdClient {
  readonly #address: EtcdAddress
  readonly #patience: EtcdPatience
  readonly #agent: http.Agent
  readonly #request: typeof http.request
  #current = 0
  #token: string | null = null

  constructor(address: EtcdAddress, patience: EtcdPatience) {
    this.#address = address
    this.#patience = patience
    const isTls = address.endpoints[0]?.startsWith('https:')
    const pem = Object.fromEntries(Object.entries(address.tls).map(([name, path]) => [name, readPem(path)]))
    this.#agent = isTls ? new https.Agent({ keepAlive: true, ...pem }) : new http.Agent({ keepAlive: true })
    this.#request = isTls ? https.request : http.request
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
        return { answer: JSON.parse(await this.#ask(path, bytes, signal)), uncertain }
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

  /** Opens a stream and hands over each message; returns when the stream ends, rejects when it breaks or falls silent. */
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
    } finally {
      clearTimeout(timer)
      if (!heard) this.#turnFrom(endpoint)
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  get #names(): string {
    return this.#address.endpoints.map((endpoint) => new URL(endpoint).host).join(', ')
  }

  #turnFrom(endpoint: number): void {
    if (this.#current === endpoint) this.#current = (endpoint + 1) % this.#address.endpoints.length
  }

  async #ask(path: string, body: string, signal: AbortSignal): Promise<string> {
    return text(await this.#open(path, body, signal))
  }

  /** Resolves with an answer of 200, after having said who we are if need be; rejects with anything else. */
  async #open(path: string, body: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    for (let again = false; ; again = true) {
      if (this.#address.user && this.#token === null) await this.#authenticate(this.#address.user, signal)
      const token = this.#token
      const answer = await this.#post(path, body, signal)
      if (answer.statusCode === 200) return answer
      const said = await text(answer)
      if (!shouldAuthenticate(said) || !this.#address.user || again)
        throw new Error(said, { cause: answer.statusCode })
      if (this.#token === token) this.#token = null
    }
  }

  async #authenticate(user: { name: string; password: string }, signal: AbortSignal): Promise<void> {
    const answer = await this.#post('/v3/auth/authenticate', JSON.stringify(user), signal)
    const said = await text(answer)
    if (answer.statusCode !== 200) throw new Error(said, { cause: answer.statusCode })
    const { token } = JSON.parse(said) as { token?: unknown }
    this.#token = String(token)
  }

  #post(path: string, body: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    const url = `${this.#address.endpoints[this.#current]}${path}`
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      // a member that has lost the others ends our watch instead of staying silent
      'grpc-metadata-hasleader': 'true',
      ...(this.#token !== null && { authorization: this.#token }),
    }
    return new Promise((resolve, reject) => {
      const request = this.#request(url, { method: 'POST', headers, agent: this.#agent, signal }, resolve)
      request.on('error', reject)
      request.end(body)
    })
  }
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new UserError(`cannot read a certificate of etcd: ${(error as Error).message}`, 78)
  }
}
