import { readFileSync } from 'node:fs'
import * as http from 'node:http'
import * as https from 'node:https'
import { text } from 'node:stream/consumers'
import { exitCode, UserError } from '../base/errors.ts'
import type { EtcdAddress } from './etcd-address.ts'
import { shouldAuthenticate } from './etcd-failure.ts'

/**
 * Posts to the JSON gateway of any of etcd's members, on connections that are kept, and says who we are where etcd
 * wants to know. node:http, since each update waits for it.
 */
export class EtcdConnection {
  readonly #user: EtcdAddress['user']
  readonly #agent: http.Agent
  readonly #request: typeof http.request
  #token: string | null = null

  constructor({ endpoints, tls, user }: EtcdAddress) {
    const isTls = endpoints[0]?.startsWith('https:')
    const pem = Object.fromEntries(Object.entries(tls).map(([name, path]) => [name, readPem(path)]))
    this.#agent = isTls ? new https.Agent({ keepAlive: true, ...pem }) : new http.Agent({ keepAlive: true })
    this.#request = isTls ? https.request : http.request
    this.#user = user
  }

  /** Resolves with an answer of 200; rejects with what etcd says instead, its status as the cause, or with the network's error. */
  async open(
    endpoint: string,
    path: string,
    body: string,
    signal: AbortSignal,
  ): Promise<http.IncomingMessage> {
    for (let again = false; ; again = true) {
      if (this.#user && this.#token === null) await this.#authenticate(endpoint, this.#user, signal)
      const token = this.#token
      const answer = await this.#post(endpoint, path, body, signal)
      if (answer.statusCode === 200) return answer
      const said = await text(answer)
      if (!shouldAuthenticate(said) || !this.#user || again)
        throw new Error(said, { cause: answer.statusCode })
      if (this.#token === token) this.#token = null
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  async #authenticate(endpoint: string, user: object, signal: AbortSignal): Promise<void> {
    const answer = await this.#post(endpoint, '/v3/auth/authenticate', JSON.stringify(user), signal)
    const said = await text(answer)
    if (answer.statusCode !== 200) throw new Error(said, { cause: answer.statusCode })
    const { token } = JSON.parse(said) as { token?: unknown }
    this.#token = String(token)
  }

  #post(endpoint: string, path: string, body: string, signal: AbortSignal): Promise<http.IncomingMessage> {
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      // a member that has lost the others ends our watch instead of staying silent
      'grpc-metadata-hasleader': 'true',
      ...(this.#token !== null && { authorization: this.#token }),
    }
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers, agent: this.#agent, signal }
      const request = this.#request(`${endpoint}${path}`, options, resolve)
      request.on('error', reject)
      request.end(body)
    })
  }
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`cannot read a certificate for etcd: ${reason}`, exitCode.configuration)
  }
}
