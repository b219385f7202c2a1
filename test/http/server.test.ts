import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import type { Route } from '../../ww/http/route.ts'
import { type HttpServer, serveRoutes } from '../../ww/http/server.ts'
import { until } from '../helpers/until.ts'

describe('a table of routes', () => {
  const warnings: string[] = []
  const warn = (line: string): void => void warnings.push(line)
  let left = 0
  const routes: Route[] = [
    {
      method: 'GET',
      path: '/apps/:app/*',
      summary: 'What it was asked.',
      handler: ({ path, params, query, headers }) => ({
        status: 200,
        json: { path, params, query: [...query], agent: headers['user-agent'] },
      }),
    },
    {
      method: 'POST',
      path: '/echo',
      summary: 'What it was given.',
      handler: ({ body, headers }) => ({
        status: 201,
        headers: { 'x-type': headers['content-type'] ?? 'none' },
        body,
      }),
    },
    {
      method: 'DELETE',
      path: '/echo',
      summary: 'Nothing.',
      handler: () => ({ status: 204 }),
    },
    {
      method: 'GET',
      path: '/bug',
      summary: 'A bug.',
      handler: () => {
        throw Object.assign(new Error('secret cause'), { statusCode: 418 })
      },
    },
    {
      method: 'GET',
      path: '/feed',
      summary: 'A feed without end.',
      handler: ({ signal }) => ({
        status: 200,
        headers: { 'content-type': 'text/event-stream' },
        stream: tell(signal),
      }),
    },
    {
      method: 'GET',
      path: '/broken-feed',
      summary: 'A feed that breaks off.',
      handler: () => ({ status: 200, stream: breakOff() }),
    },
  ]

  async function* tell(signal: AbortSignal): AsyncGenerator<string> {
    yield 'data: first\n\n'
    await new Promise((done) => signal.addEventListener('abort', done))
    left += 1
  }

  async function* breakOff(): AsyncGenerator<string> {
    yield 'some'
    throw new Error('no more')
  }

  let server: HttpServer
  let base = ''
  before(async () => {
    server = await serveRoutes(routes, { listen: { host: '127.0.0.1', port: 0 }, bodyLimit: 1000, warn })
    base = `http://127.0.0.1:${server.port}`
  })
  after(() => server.close())
  beforeEach(() => {
    warnings.length = 0
    left = 0
  })

  it('gives a handler the path, its parameters, the query and the headers', async () => {
    const answer = await fetch(`${base}/apps/a%20b/c/d?x=1&x=2&y=%C3%A9`, { headers: { 'user-agent': 'me' } })
    expect(answer.headers.get('content-type')).to.equal('application/json; charset=utf-8')
    expect(await answer.json()).to.deep.equal({
      path: '/apps/a%20b/c/d',
      params: { app: 'a b', '*': 'c/d' },
      query: [
        ['x', '1'],
        ['x', '2'],
        ['y', 'é'],
      ],
      agent: 'me',
    })
  })

  for (const type of ['application/json', 'application/cloudevents+json', 'text/plain', 'a/b', null]) {
    it(`gives a handler the body byte for byte when its type is ${type ?? 'missing'}`, async () => {
      const body = new Uint8Array([123, 0, 255, 10])
      const answer = await fetch(`${base}/echo`, {
        method: 'POST',
        body,
        headers: type === null ? {} : { 'content-type': type },
      })
      expect(answer.status).to.equal(201)
      expect(answer.headers.get('x-type')).to.equal(type ?? 'none')
      expect(new Uint8Array(await answer.arrayBuffer())).to.deep.equal(body)
    })
  }

  it('takes an empty body', async () => {
    const answer = await fetch(`${base}/echo`, { method: 'POST' })
    expect([answer.status, await answer.text()]).to.deep.equal([201, ''])
    expect((await fetch(`${base}/echo`, { method: 'DELETE' })).status).to.equal(204)
  })

  const failures: [string, string, RequestInit, number, string][] = [
    ['an unknown path', '/nowhere?x', {}, 404, 'not-found'],
    ['a wrong method', '/echo', { method: 'PUT', body: 'x' }, 405, 'method-not-allowed'],
    ['a body too long', '/echo', { method: 'POST', body: 'x'.repeat(1001) }, 413, 'too-large'],
    [
      'a type that is none',
      '/echo',
      { method: 'POST', body: 'x', headers: { 'content-type': 'nonsense' } },
      415,
      'bad-request',
    ],
    ['a path that is no URL', '/apps/%zz/x', {}, 400, 'bad-request'],
    ['a handler that throws', '/bug', {}, 500, 'internal'],
  ]
  for (const [what, path, init, status, code] of failures) {
    it(`answers ${what} with ${status} and says so in JSON`, async () => {
      const answer = await fetch(`${base}${path}`, init)
      const told = (await answer.json()) as { error: { code: string; message: string } }
      expect(answer.status).to.equal(status)
      expect(told).to.have.all.keys('error')
      expect(told.error.code).to.equal(code)
      expect(told.error.message).to.match(/^\S.*\S$/)
    })
  }

  it('names the methods that there are', async () => {
    const answer = await fetch(`${base}/echo`, { method: 'PATCH' })
    expect(answer.headers.get('allow')).to.equal('POST, DELETE')
  })

  it('tells the log, and no client, why a handler failed', async () => {
    const told = await (await fetch(`${base}/bug`)).text()
    expect(told).not.to.contain('secret cause')
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/^GET \/bug failed: Error: secret cause\n +at /)
  })

  it('answers HEAD where it answers GET, without a body, and does not begin a feed for it', async () => {
    for (const path of ['/apps/a/b', '/feed']) {
      const answer = await fetch(`${base}${path}`, { method: 'HEAD' })
      expect([answer.status, await answer.text()]).to.deep.equal([200, ''])
    }
  })

  it('streams piece by piece, and tells the handler when the client has gone', async () => {
    const client = new AbortController()
    const answer = await fetch(`${base}/feed`, { signal: client.signal })
    const first = await answer.body?.getReader().read()
    expect(Buffer.from(first?.value ?? '').toString()).to.equal('data: first\n\n')
    expect(left).to.equal(0)
    client.abort()
    await until(() => left === 1)
    expect(warnings).to.deep.equal([])
  })

  it('breaks the connection and tells the log when a stream fails', async () => {
    const failure = await fetch(`${base}/broken-feed`)
      .then((answer) => answer.text())
      .catch((error: unknown) => error)
    expect(failure).to.be.instanceOf(Error)
    await until(() => warnings.length === 1)
    expect(warnings[0]).to.contain('GET /broken-feed broke off: Error: no more')
  })

  it('closes with a feed still open', async () => {
    const other = await serveRoutes(routes, { listen: { host: '127.0.0.1', port: 0 }, bodyLimit: 1, warn })
    const answer = await fetch(`http://127.0.0.1:${other.port}/feed`)
    const rest = answer.text().catch(() => 'cut')
    await other.close()
    expect(await rest).to.be.oneOf(['cut', 'data: first\n\n'])
    await until(() => left === 1)
  })

  it('rejects when the port is taken', async () => {
    const taken = { host: '127.0.0.1', port: server.port ?? 0 }
    const error = await serveRoutes(routes, { listen: taken, bodyLimit: 1, warn }).catch((e: unknown) => e)
    expect(error).to.have.property('code', 'EADDRINUSE')
  })

  describe('on a unix socket', () => {
    let directory = ''
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'ww-http-'))
    })
    afterEach(() => rmSync(directory, { recursive: true }))
    const serve = (): Promise<HttpServer> =>
      serveRoutes(routes, { listen: { path: `${directory}/s` }, bodyLimit: 100, warn })
    const ask = (): Promise<string> =>
      new Promise((resolve, reject) => {
        request({ socketPath: `${directory}/s`, path: '/apps/a/b' }, (answer) => resolve(text(answer)))
          .on('error', reject)
          .end()
      })

    it('answers, and leaves no socket behind', async () => {
      const server = await serve()
      expect(server.port).to.equal(null)
      expect(JSON.parse(await ask())).to.have.property('path', '/apps/a/b')
      await server.close()
      expect(existsSync(`${directory}/s`)).to.equal(false)
    })

    it('takes over a socket that a kill -9 left behind', async () => {
      const path = JSON.stringify(`${directory}/s`)
      const dead = spawn(process.execPath, ['-e', `require('net').createServer().listen(${path})`])
      await until(() => canConnect(`${directory}/s`))
      dead.kill('SIGKILL')
      await new Promise((done) => dead.once('close', done))
      expect(existsSync(`${directory}/s`)).to.equal(true)
      const server = await serve()
      expect(JSON.parse(await ask())).to.have.property('path', '/apps/a/b')
      await server.close()
    })

    it('leaves the socket of another that runs alone', async () => {
      const first = await serve()
      expect(await serve().catch((error: unknown) => error)).to.have.property('code', 'EADDRINUSE')
      expect(JSON.parse(await ask())).to.have.property('path', '/apps/a/b')
      await first.close()
    })
  })
})

function canConnect(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
