import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createPort, type Server as Port } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { probe } from '../../ww/probe/probe.ts'
import { codeOf, explainCode, explainFailure, type ProbeOptions } from '../../ww/probe/result.ts'
import { findProcess } from '../../ww/processes/list.ts'
import { needsRoot } from '../helpers/as-user.ts'
import { until } from '../helpers/until.ts'

const idle = new AbortController().signal
const test = (address: string, more: Partial<ProbeOptions> = {}) =>
  probe(address, { signal: idle, env: process.env, ...more })
const succeeded = (what: string) => ({ ok: true, what })
const failed = (reason: string) => ({ ok: false, reason })
const portOf = (server: Server | Port): number => (server.address() as AddressInfo).port
const listen = (server: Server | Port): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))

describe('probe', () => {
  let directory: string
  let server: Server
  let port: number
  let requests: { url: string; headers: NodeJS.Dict<string | string[]> }[]
  before(async () => {
    server = createServer((request, response) => {
      requests.push({ url: request.url ?? '', headers: request.headers })
      const path = request.url ?? ''
      if (path === '/slow') return
      if (path === '/endless') {
        const more = (): void => {
          while (response.write('x'.repeat(65_536)));
        }
        more()
        response.on('drain', more)
        return
      }
      if (path === '/early') response.writeEarlyHints({ link: '</a.css>; rel=preload' })
      response.writeHead(Number(path.slice(1)) || 200).end('x'.repeat(10_000))
    })
    await listen(server)
    port = portOf(server)
  })
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    requests = []
    directory = mkdtempSync(join(tmpdir(), 'ww-probe-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('returns what is wrong with an address', async () => {
    expect(await test('database')).to.deep.equal(
      failed('is not tcp:HOST:PORT, http://…, file:/path or exec:command'),
    )
    expect(await test('tcp://database')).to.deep.equal(failed('has no port'))
  })

  it('of nothing begins when it was aborted before', async () => {
    for (const address of [`tcp:${port}`, `http://127.0.0.1:${port}/`, `exec:touch ${directory}/begun`])
      expect(await test(address, { signal: AbortSignal.abort() })).to.deep.equal(failed('was aborted'))
    expect([existsSync(join(directory, 'begun')), requests]).to.deep.equal([false, []])
  })

  describe('of a port', () => {
    it('succeeds when it accepts connections', async () => {
      for (const address of [`tcp://127.0.0.1:${port}`, `tcp:127.0.0.1:${port}`, `tcp:${port}`])
        expect(await test(address), address).to.deep.equal(succeeded('connected'))
    })

    it('returns that the connection was refused', async () => {
      const closed = createPort()
      await listen(closed)
      const free = portOf(closed)
      await new Promise((resolve) => closed.close(resolve))
      expect(await test(`tcp://127.0.0.1:${free}`)).to.deep.equal(failed('connection refused'))
      expect(await test(`http://127.0.0.1:${free}/`)).to.deep.equal(failed('connection refused'))
    })

    it('of this machine succeeds in either version of IP', async function () {
      const six = createPort()
      const isListening = await new Promise<boolean>((resolve) => {
        six.once('error', () => resolve(false))
        six.listen({ port: 0, host: '::1' }, () => resolve(true))
      })
      if (!isListening) this.skip()
      expect(await test(`tcp:${portOf(six)}`)).to.deep.equal(succeeded('connected'))
      six.close()
    })

    it('returns that there is no such host', async () => {
      const { ok } = await test('tcp:no-such-host.invalid:1')
      expect(ok).to.equal(false)
    })
  })

  describe('of a URL', () => {
    const get = (path: string, more: Partial<ProbeOptions> = {}) =>
      test(`http://127.0.0.1:${port}${path}`, more)

    /** Probes a server that replies with these bytes. */
    const reply = async (...parts: string[]) => {
      const raw = createPort((socket) => {
        socket.on('error', () => {})
        for (const part of parts) socket.write(part, 'latin1')
        socket.end()
      })
      await listen(raw)
      const result = await test(`http://127.0.0.1:${portOf(raw)}/`)
      raw.close()
      return result
    }

    it('succeeds with 2xx alone', async () => {
      for (const status of [200, 204])
        expect(await get(`/${status}`)).to.deep.equal(succeeded(`status ${status}`))
      for (const status of [302, 304, 404, 503])
        expect(await get(`/${status}`)).to.deep.equal(failed(`status ${status}, not 2xx`))
    })

    it('requests its path, with the host and the user that it names', async () => {
      await test(`http://us%65r:pass@127.0.0.1:${port}/a/b?c=d#e`)
      expect(requests[0]?.url).to.equal('/a/b?c=d')
      expect(requests[0]?.headers).to.include({
        host: `127.0.0.1:${port}`,
        connection: 'close',
        authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
      })
    })

    it('waits for the response after early hints', async () => {
      expect(await get('/early')).to.deep.equal(succeeded('status 200'))
    })

    it('does not read a response that never ends', async () => {
      expect(await get('/endless')).to.deep.equal(succeeded('status 200'))
      await until(
        async () => (await new Promise((done) => server.getConnections((_, count) => done(count)))) === 0,
      )
    })

    it('returns what is no response', async () => {
      expect(await reply('SSH-2.0-OpenSSH_9.2\r\n')).to.deep.equal(failed('the response is not HTTP'))
      expect(await reply('\0'.repeat(100))).to.deep.equal(failed('the response is not HTTP'))
      expect(await reply('HTTP/1.1 2')).to.deep.equal(failed('connection closed without a response'))
      expect(await reply()).to.deep.equal(failed('connection closed without a response'))
    })

    it('ends a server that does not respond at its limit, or when the signal comes', async () => {
      expect(await get('/slow', { ms: 100 })).to.deep.equal(failed('timed out'))
      const abort = new AbortController()
      const result = get('/slow', { signal: abort.signal })
      await until(() => requests.length === 2)
      abort.abort()
      expect(await result).to.deep.equal(failed('was aborted'))
    })
  })

  it('of a file succeeds when it exists', async () => {
    writeFileSync(join(directory, 'ready'), '')
    expect(await test(`file:${directory}/ready`)).to.deep.equal(succeeded('exists'))
    expect(await test(`file://${directory}/ready`)).to.deep.equal(succeeded('exists'))
    expect(await test(`file:${directory}/absent`)).to.deep.equal(failed('does not exist'))
  })

  describe('of a command', () => {
    it('succeeds when it exits with code 0, otherwise returns how it ended', async () => {
      expect(await test('exec:test a = a')).to.deep.equal(succeeded('exited with code 0'))
      expect(await test('exec:exit 1')).to.deep.equal(failed('exited with code 1'))
      expect(await test('exec:kill -9 $$')).to.deep.equal(failed('was killed by SIGKILL'))
    })

    const background = (): string => `exec:trap "" TERM; sleep 3600 & echo $! > ${directory}/pid; wait`
    const pid = (): number => Number(readFileSync(join(directory, 'pid'), 'utf8'))
    const started = () => until(() => existsSync(join(directory, 'pid')) && pid() > 0)

    it('leaves nothing of it running when it is late', async () => {
      expect(await test(background(), { ms: 300 })).to.deep.equal(failed('timed out'))
      if (existsSync(join(directory, 'pid'))) expect(findProcess(pid())).to.equal(null)
    })

    it('leaves nothing of it running when the signal comes', async () => {
      const abort = new AbortController()
      const result = test(background(), { signal: abort.signal })
      await started()
      abort.abort()
      expect(await result).to.deep.equal(failed('was aborted'))
      expect(findProcess(pid())).to.equal(null)
    })

    it('leaves nothing running behind its success', async () => {
      expect(await test(`exec:sleep 3600 & echo $! > ${directory}/pid`)).to.deep.equal(
        succeeded('exited with code 0'),
      )
      expect(findProcess(pid())).to.equal(null)
    })

    it('runs in the environment, the directory and the session that are its own', async () => {
      const env = { PATH: process.env.PATH, GIVEN: 'a b' }
      const words = `echo "$GIVEN $PWD $(cut -d' ' -f6 /proc/$$/stat) $$" > ${directory}/seen`
      await test(`exec:${words}`, { env, cwd: directory })
      const [, sid, leader] = / (\d+) (\d+)\n$/.exec(readFileSync(join(directory, 'seen'), 'utf8')) ?? []
      expect(readFileSync(join(directory, 'seen'), 'utf8')).to.match(new RegExp(`^a b ${directory} `))
      expect(sid).to.equal(leader)
    })

    it('runs as the user of the service', async function () {
      needsRoot(this)
      chmodSync(directory, 0o777)
      await test(`exec:id -u > ${directory}/user; id -G >> ${directory}/user`, {
        user: { uid: 65_534, gid: 65_533, name: 'someone', home: '/', groups: [65_532] },
      })
      expect(readFileSync(join(directory, 'user'), 'utf8')).to.equal('65534\n65533 65532\n')
    })
  })
})

describe('the reason of a failed connection', () => {
  it('is plain for the usual codes, and the code itself otherwise', () => {
    expect(explainCode('ENOTFOUND')).to.equal('no such host')
    expect(explainCode('ETIMEDOUT')).to.equal('timed out')
    expect(explainCode('EWHATEVER')).to.equal('EWHATEVER')
  })

  it('is a shortage of this machine when it says nothing about the other side', () => {
    const failure = (code: string) => explainFailure(Object.assign(new Error('x'), { code }))
    expect(failure('EMFILE')).to.deep.equal({ ok: false, reason: 'too many open files', isShortage: true })
    expect(failure('ECONNRESET')).to.deep.equal({ ok: false, reason: 'connection reset' })
  })

  it('is found in an error, or in the first of several', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
    expect(codeOf(refused)).to.equal('ECONNREFUSED')
    expect(codeOf(new AggregateError([refused, new Error('y')]))).to.equal('ECONNREFUSED')
    expect(codeOf(new Error('y'))).to.equal('y')
    expect(codeOf('z')).to.equal('z')
  })
})
