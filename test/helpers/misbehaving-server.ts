import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the server does with a request: answers with a code (and headers), hangs, closes in the middle of its answer, or answers without end. */
export type Answer = number | { code: number; headers: Record<string, string> } | 'hang' | 'close' | 'endless'

/** A request that was received. */
export type Received = {
  readonly headers: IncomingMessage['headers']
  readonly body: string
  readonly answer: Answer
}

/** A real receiver that misbehaves as it is told, request by request, and answers 204 when it was told nothing. */
export class MisbehavingServer {
  readonly received: Received[] = []
  /** The answers to the next requests. */
  script: Answer[] = []
  #server: Server | null = null
  #port = 0

  get url(): string {
    return `http://127.0.0.1:${this.#port}/events`
  }

  /** The ids of the events that were accepted, in order of arrival. */
  get accepted(): string[] {
    return this.received.filter(({ answer }) => answer === 204).map(({ body }) => JSON.parse(body).id)
  }

  /** Begins to listen; again at the same port after a stop. */
  async start(): Promise<this> {
    const server = createServer((request, response) => void this.#answer(request, response))
    await new Promise<void>((done) => server.listen(this.#port, '127.0.0.1', done))
    this.#port = (server.address() as AddressInfo).port
    this.#server = server
    return this
  }

  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (!server) return
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request.setEncoding('utf8')) body += chunk
    const answer = this.script.shift() ?? 204
    this.received.push({ headers: request.headers, body, answer })
    if (answer === 'hang') return
    if (answer === 'endless') {
      const line = Buffer.alloc(64 * 1024, 'x')
      response.writeHead(200).on('drain', () => response.write(line))
      response.write(line)
    } else if (answer === 'close') {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      response.socket?.destroy()
    } else if (typeof answer === 'number') response.writeHead(answer).end('told to')
    else response.writeHead(answer.code, answer.headers).end('told to')
  }
}
