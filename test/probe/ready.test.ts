import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttp } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Notifications } from '../../ww/probe/notifications.ts'
import { awaitReady, type ProbedService, watchReady } from '../../ww/probe/ready.ts'
import { listProcesses } from '../../ww/processes/list.ts'
import { emptyNotice } from '../../ww/processes/notice.ts'
import { endNow, openLimit, realLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

describe('the readiness of a service', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ww-ready-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))
  const service: ProbedService = { env: process.env }
  const at = (address: string) => ({ address })
  const file = (name: string): string => join(directory, name)
  const lines = (name: string): number =>
    existsSync(file(name)) ? readFileSync(file(name), 'utf8').split('\n').length - 1 : 0
  const never = new AbortController().signal

  describe('while it starts', () => {
    it('is there as soon as its port accepts connections', async () => {
      const server = createServer()
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      const { port } = server.address() as AddressInfo
      await new Promise((done) => server.close(done))
      const ready = awaitReady(at(`tcp:127.0.0.1:${port}`), service, openLimit())
      setTimeout(() => server.listen(port, '127.0.0.1'), 150)
      expect(await ready).to.equal(null)
      server.close()
    })

    it('is there as soon as its URL responds with 2xx', async () => {
      let status = 503
      const server = createHttp((_, response) => void response.writeHead(status).end())
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
      const { port } = server.address() as AddressInfo
      const ready = awaitReady(at(`http://127.0.0.1:${port}/`), service, openLimit())
      setTimeout(() => {
        status = 200
      }, 100)
      expect(await ready).to.equal(null)
      server.close()
    })

    it('is there as soon as its command succeeds, which runs as the service does', async () => {
      const env = { PATH: process.env.PATH, FILE: 'ready' }
      const ready = awaitReady(at('exec:test -e "$FILE"'), { env, cwd: directory }, openLimit())
      setTimeout(() => writeFileSync(file('ready'), ''), 100)
      expect(await ready).to.equal(null)
    })

    it('is probed at intervals that grow from 50 ms to 1 s', async () => {
      const limit = openLimit()
      const ready = awaitReady(at(`exec:echo >> ${file('probes')}; exit 1`), service, limit)
      await until(() => lines('probes') >= 5)
      endNow(limit, 'time')
      await ready
      // 17 of them in the first five seconds at most, on whatever machine
      const capped = realLimit(1000)
      await awaitReady(at(`exec:echo >> ${file('more')}; exit 1`), service, capped)
      expect(lines('more')).to.be.within(1, 10)
    })

    it('is missing at the limit, with the last reason', async () => {
      const limit = openLimit()
      const ready = awaitReady(at(`exec:echo >> ${file('probes')}; exit 4`), service, limit)
      await until(() => lines('probes') >= 2)
      endNow(limit, 'time')
      expect(await ready).to.match(/^exec:.*: exited with code 4$/)
    })

    it('is missing at the limit when a probe hangs, of which nothing is left', async () => {
      const limit = openLimit()
      const ready = awaitReady(
        at(`exec:echo $$ >> ${file('pids')}; trap "" TERM; sleep 3600`),
        service,
        limit,
      )
      await until(() => lines('pids') === 1)
      endNow(limit, 'time')
      expect(await ready).to.match(/^exec:.*: no response yet$/)
      const pid = Number(readFileSync(file('pids'), 'utf8'))
      expect(listProcesses().filter(({ session }) => session === pid)).to.deep.equal([])
    })

    it('is not probed after the limit', async () => {
      const reason = await awaitReady(at('exec:true'), service, { end: AbortSignal.abort() })
      expect(reason).to.equal('exec:true: no response yet')
    })
  })

  describe('once it is ready', () => {
    it('is not probed before the interval', async () => {
      const abort = new AbortController()
      const watched = watchReady(at(`exec:echo >> ${file('probes')}`), service, abort.signal, {
        every: 60_000,
      })
      setTimeout(() => abort.abort(), 100)
      expect([await watched, lines('probes')]).to.deep.equal([null, 0])
    })

    it('is over after three failures in a row, with the last reason', async () => {
      const script = `echo >> ${file('probes')}; exit $(wc -l < ${file('probes')})`
      const reason = await watchReady(at(`exec:${script}`), service, never, { every: 10 })
      expect(reason).to.match(/^exec:.*: exited with code 3$/)
      expect(lines('probes')).to.equal(3)
    })

    it('is not over after two failures', async () => {
      const abort = new AbortController()
      const script = `echo >> ${file('probes')}; test $(($(wc -l < ${file('probes')}) % 3)) -eq 0`
      const watched = watchReady(at(`exec:${script}`), service, abort.signal, { every: 10 })
      await until(() => lines('probes') >= 4)
      abort.abort()
      expect(await watched).to.equal(null)
    })

    it('ends with null, at once, when nobody waits any longer', async () => {
      for (const address of ['exec:sleep 3600', 'exec:exit 1']) {
        const abort = new AbortController()
        const watched = watchReady(at(address), service, abort.signal, { every: 1 })
        setTimeout(() => abort.abort(), 50)
        expect(await watched).to.equal(null)
      }
    })
  })

  describe('with notify', () => {
    it('is what the service sends', async () => {
      let datagrams = [{ ...emptyNotice, isReady: true }]
      const notifications = new Notifications({
        path: '',
        receive: () => datagrams.shift() ?? emptyNotice,
        close: () => {},
      })
      const notified = { ...service, notifications }
      expect(await awaitReady('notify', notified, openLimit())).to.equal(null)
      datagrams = [{ ...emptyNotice, isTriggered: true }]
      expect(await watchReady('notify', notified, never)).to.equal('sent WATCHDOG=trigger')
    })

    it('is missing at the limit when there is no socket, which is the reason', async () => {
      const failed = { ...service, notifications: { failure: 'cannot open a notify socket: ENOSPC' } }
      const limit = openLimit()
      const ready = awaitReady('notify', failed, limit)
      endNow(limit, 'time')
      expect(await ready).to.equal('cannot open a notify socket: ENOSPC')
      expect(await awaitReady('notify', service, { end: AbortSignal.abort() })).to.equal(
        'it was started without a notify socket',
      )
    })

    it('is not over because there is no socket', async () => {
      const abort = new AbortController()
      const failed = { ...service, notifications: { failure: 'cannot open a notify socket: ENOSPC' } }
      const watched = [watchReady('notify', failed, abort.signal), watchReady(null, service, abort.signal)]
      setTimeout(() => abort.abort(), 50)
      expect(await Promise.all(watched)).to.deep.equal([null, null])
    })
  })
})
