import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { ReadyProbe } from '../../ww/config/services-kind.ts'
import { ServiceProbes } from '../../ww/probe/service-probes.ts'
import { endNow, openLimit } from '../helpers/limits.ts'
import { findAddon } from '../helpers/notify-addon.ts'
import { until } from '../helpers/until.ts'

describe('the probes of services', () => {
  let directory: string
  let warnings: string[]
  let addon: string | null
  before(async () => {
    addon = await findAddon()
  })
  beforeEach(() => {
    directory = mkdtempSync('/tmp/ww-probes-')
    warnings = []
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  const probesOf = (ready: Record<string, ReadyProbe>, addonPath = addon): ServiceProbes =>
    new ServiceProbes({
      readyOf: (name) => ready[name] ?? null,
      directory,
      addonPath,
      warn: (line) => warnings.push(line),
    })
  const send = (path: string, text: string) =>
    spawnSync('perl', [
      ...['-MSocket', '-e'],
      'socket($s, AF_UNIX, SOCK_DGRAM, 0); connect($s, sockaddr_un(shift)) or die; send($s, shift, 0)',
      ...[path, text],
    ])
  const gone = { end: AbortSignal.abort() }

  it('let a service without one be ready as soon as it runs', async () => {
    const probes = probesOf({})
    expect(probes.prepare('serve', null)).to.deep.equal({})
    expect(await probes.awaitReady('serve', openLimit())).to.equal(null)
    expect(await probes.watchReady('serve', AbortSignal.abort())).to.equal(null)
  })

  it('are none for a one-shot, which is done when it has ended', async () => {
    const probes = probesOf({ 'oneshot-a': 'notify' })
    expect(probes.start.prepare('oneshot-a', null)).to.deep.equal({})
    expect(await probes.awaitReady('oneshot-a', openLimit())).to.equal(null)
  })

  it('give a service that notifies a socket, until it ends', async () => {
    const probes = probesOf({ serve: 'notify' })
    const { NOTIFY_SOCKET: path = '', WATCHDOG_USEC } = probes.prepare('serve', null)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    probes.begin('serve', { env: {}, ended })
    expect([existsSync(path), WATCHDOG_USEC]).to.deep.equal([true, '30000000'])
    expect(await probes.awaitReady('serve', gone)).to.equal('has not sent READY=1')
    send(path, 'READY=1\nSTATUS=serving')
    expect(await probes.awaitReady('serve', openLimit())).to.equal(null)
    const abort = new AbortController()
    const reported: string[] = []
    const watched = probes.watchReady('serve', abort.signal, (status) => void reported.push(status))
    await until(() => reported.includes('serving'))
    abort.abort()
    expect(await watched).to.equal(null)
    end()
    await ended
    expect(existsSync(path)).to.equal(false)
  })

  it('give each run of a service a socket of its own', async () => {
    const probes = probesOf({ serve: 'notify' })
    const { NOTIFY_SOCKET: first = '' } = probes.prepare('serve', null)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    probes.begin('serve', { env: {}, ended })
    send(first, 'READY=1')
    const { NOTIFY_SOCKET: second = '' } = probes.prepare('serve', null)
    expect([existsSync(first), existsSync(second)]).to.deep.equal([false, true])
    // also when the end of the first comes late
    end()
    await ended
    expect(existsSync(second)).to.equal(true)
    expect(await probes.awaitReady('serve', gone)).to.equal('has not sent READY=1')
  })

  it('run commands as the service was started', async () => {
    const probes = probesOf({ serve: { address: 'exec:test "$PWD $NAME" = "$WANTED"' } })
    probes.prepare('serve', null)
    const env = { PATH: process.env.PATH, NAME: 'a', WANTED: `${directory} a` }
    probes.begin('serve', { env, cwd: directory, ended: new Promise(() => {}) })
    expect(await probes.awaitReady('serve', openLimit())).to.equal(null)
  })

  it('know why a service that starts is not ready yet', async () => {
    const probes = probesOf({ serve: { address: 'exec:exit 3' }, 'serve-a': 'notify' })
    const limit = openLimit()
    const { NOTIFY_SOCKET: path = '' } = probes.prepare('serve-a', null)
    send(path, 'STATUS=loading')
    probes.begin('serve', { env: process.env, ended: new Promise(() => {}) })
    const reasons = new Map<string, string>()
    const ready = ['serve', 'serve-a'].map((name) =>
      probes.awaitReady(name, limit, (reason) => void reasons.set(name, reason)),
    )
    await until(() => reasons.size === 2)
    const known = ['exec:exit 3: exited with code 3', 'has not sent READY=1 (status: loading)']
    expect([...reasons.values()].sort()).to.deep.equal(known)
    endNow(limit, 'time')
    expect(await Promise.all(ready)).to.deep.equal(known)
    probes.prepare('serve-a', null)
  })

  it('warn when there can be no socket, and the service starts all the same', async () => {
    const probes = probesOf({ serve: 'notify' }, join(directory, 'absent.node'))
    expect(probes.prepare('serve', null)).to.deep.equal({})
    expect(warnings).to.have.length(1)
    expect(warnings[0]).to.match(/^serve: cannot open a notify socket: cannot load /)
    expect(await probes.awaitReady('serve', gone)).to.match(/^cannot open a notify socket: /)
  })
})
