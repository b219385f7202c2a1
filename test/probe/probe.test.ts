import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createPort } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { probeCommand } from '../../ww/probe/exec.ts'
import { probe } from '../../ww/probe/probe.ts'
import { codeOf, explainCode } from '../../ww/probe/result.ts'
import { parsePort } from '../../ww/probe/tcp.ts'
import { findProcess } from '../../ww/processes/list.ts'
import { until } from '../helpers/until.ts'

const idle = new AbortController().signal
const test = (address: string, signal = idle) => probe(address, signal, process.env)
const failed = (reason: string) => ({ ok: false, reason })

describe('probe', () => {
  let directory: string
  let server: Server
  let port: number
  before(async () => {
    server = createServer((request, response) => {
      response.writeHead(Number(request.url?.slice(1)) || 200).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  after(() => server.close())
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-probe-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('rejects what is no address', async () => {
    for (const address of ['database', 'ftp://x', '', ':x'])
      expect(await test(address)).to.deep.equal(
        failed('is not tcp://host:port, http://…, file:/path or exec:command'),
      )
  })

  describe('of a port', () => {
    it('succeeds when it accepts connections, with and without slashes', async () => {
      expect(await test(`tcp://127.0.0.1:${port}`)).to.deep.equal({ ok: true })
      expect(await test(`tcp:127.0.0.1:${port}`)).to.deep.equal({ ok: true })
      expect(await test(`tcp:localhost:${port}`)).to.deep.equal({ ok: true })
    })

    it('returns that the connection was refused', async () => {
      const closed = createPort()
      await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
      const free = (closed.address() as AddressInfo).port
      await new Promise((resolve) => closed.close(resolve))
      expect(await test(`tcp://127.0.0.1:${free}`)).to.deep.equal(failed('connection refused'))
      expect(await test(`http://127.0.0.1:${free}/`)).to.deep.equal(failed('connection refused'))
    })

    it('does not connect when it was aborted', async () => {
      expect((await test(`tcp://127.0.0.1:${port}`, AbortSignal.abort())).ok).to.equal(false)
    })

    it('returns that an address has no port', async () => {
      expect(await test('tcp://database')).to.deep.equal(failed('is not tcp://host:port'))
    })
  })

  it('reads host and port of an address', () => {
    expect(parsePort('tcp://db:5432')).to.deep.equal({ host: 'db', port: 5432 })
    expect(parsePort('TCP:db:5432/')).to.deep.equal({ host: 'db', port: 5432 })
    expect(parsePort('tcp://[::1]:1')).to.deep.equal({ host: '::1', port: 1 })
    expect(parsePort('tcp://a:65535')?.port).to.equal(65535)
    for (const address of ['tcp://a:65536', 'tcp://a:0', 'tcp://a', 'tcp://:1', 'tcp://a:1/x', 'tcp:::1:1'])
      expect(parsePort(address), address).to.equal(null)
  })

  it('of a URL succeeds with 2xx alone', async () => {
    expect(await test(`http://127.0.0.1:${port}/200`)).to.deep.equal({ ok: true })
    expect(await test(`http://127.0.0.1:${port}/204`)).to.deep.equal({ ok: true })
    for (const status of [304, 404, 503])
      expect(await test(`http://127.0.0.1:${port}/${status}`)).to.deep.equal(failed(`status ${status}`))
  })

  it('of a file succeeds when it exists', async () => {
    writeFileSync(join(directory, 'ready'), '')
    expect(await test(`file:${directory}/ready`)).to.deep.equal({ ok: true })
    expect(await test(`file://${directory}/ready`)).to.deep.equal({ ok: true })
    expect(await test(`file:${directory}/absent`)).to.deep.equal(failed('does not exist'))
  })

  describe('of a command', () => {
    it('succeeds when it exits with code 0, otherwise returns how it ended', async () => {
      expect(await test('exec:test a = a')).to.deep.equal({ ok: true })
      expect(await test('exec:exit 1')).to.deep.equal(failed('exited with code 1'))
      expect(await test('exec:kill -9 $$')).to.deep.equal(failed('was killed by SIGKILL'))
    })

    const background = (): string => `exec:trap "" TERM; sleep 3600 & echo $! > ${directory}/pid; wait`
    const pid = (): number => Number(readFileSync(join(directory, 'pid'), 'utf8'))
    const started = () => until(() => existsSync(join(directory, 'pid')) && pid() > 0)

    it('leaves nothing of it running when it is late', async () => {
      expect(await probeCommand(background(), idle, process.env, 300)).to.deep.equal(failed('timed out'))
      if (existsSync(join(directory, 'pid'))) expect(findProcess(pid())).to.equal(null)
    })

    it('leaves nothing of it running when the signal comes', async () => {
      const abort = new AbortController()
      const result = test(background(), abort.signal)
      await started()
      abort.abort()
      expect(await result).to.deep.equal(failed('was aborted'))
      expect(findProcess(pid())).to.equal(null)
    })

    it('is not started when the signal has come before', async () => {
      expect(await test(`exec:touch ${directory}/pid`, AbortSignal.abort())).to.deep.equal(
        failed('was aborted'),
      )
      expect(existsSync(join(directory, 'pid'))).to.equal(false)
    })
  })
})

describe('the reason of a failed connection', () => {
  it('is plain for the usual codes, and the code itself otherwise', () => {
    expect(explainCode('ENOTFOUND')).to.equal('no such host')
    expect(explainCode('ETIMEDOUT')).to.equal('timed out')
    expect(explainCode('EWHATEVER')).to.equal('EWHATEVER')
  })

  it('is found in an error, or in the first of several', () => {
    const refused = Object.assign(new Error('x'), { code: 'ECONNREFUSED' })
    expect(codeOf(refused)).to.equal('ECONNREFUSED')
    expect(codeOf(new AggregateError([refused, new Error('y')]))).to.equal('ECONNREFUSED')
    expect(codeOf(new Error('y'))).to.equal('y')
    expect(codeOf('z')).to.equal('z')
  })
})
