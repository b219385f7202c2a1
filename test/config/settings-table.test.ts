import { expect } from 'chai'
import { defaultSettings, listSettings } from '../../ww/config/read-settings.ts'
import { refusalsOf, settingsOf } from './settings-of.ts'

const minute = 60_000

describe('the settings', () => {
  it('have these defaults, in milliseconds', () => {
    expect(defaultSettings('web-1')).to.deep.equal({
      app: 'app',
      instance: 'web-1',
      version: '',
      labels: {},
      timeouts: {
        boot: 5 * minute,
        firstboot: 60 * minute,
        upgrade: 60 * minute,
        svcup: 5 * minute,
        warmup: 10 * minute,
        monitor: 20_000,
        pushstats: 20_000,
        lifecycle: 20_000,
        drain: 5000,
        ready: 30_000,
        svcdown: minute,
        scheduled: 60 * minute,
      },
      killAfter: 2000,
      monitor: { every: 30_000, failures: 1 },
      restart: {
        limit: 5,
        window: 10 * minute,
        backoff: 1000,
        backoffMax: minute,
        jitter: 0.2,
        stable: minute,
      },
      requires: [],
      requiresTimeout: 5 * minute,
      stop: { grace: 9000, sweep: 1000, announce: 500 },
      serve: { signal: 'SIGTERM' },
      services: {},
      schedule: {},
      notify: {
        url: null,
        secret: null,
        token: null,
        timeout: 10_000,
        backoff: 1000,
        backoffMax: minute,
        keep: 10_000,
      },
      listen: null,
      log: { format: 'plain' },
      onError: 'exit',
      allowDowngrade: false,
    })
  })

  it('are read from the keys of the table, each under its name in camel case', () => {
    const camelCase = (key: string): string =>
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())
    const leaves = (value: unknown, known: readonly string[][], path: string[] = []): string[][] =>
      typeof value !== 'object' || value === null || known.some((keys) => keys.join() === path.join())
        ? [path]
        : Object.entries(value).flatMap(([key, item]) => leaves(item, known, [...path, key]))
    // those below a name of the author's own are read for each name
    const rows = listSettings().filter(({ obsolete, names }) => !obsolete && names === undefined)
    const names = rows.map(({ keys }) => keys.map(camelCase))
    expect(leaves(defaultSettings('x'), names).map(String)).to.have.members(names.map(String))
  })

  it('are what is configured, in units of their own', () => {
    const settings = settingsOf({
      app: 'shop',
      instance: 'shop-1',
      version: '2',
      labels: { rack: 3, zone: 'a', spare: true },
      timeouts: { boot: '10s', scheduled: '2m' },
      kill_after: '0s',
      monitor: { every: '1s', failures: 2 },
      restart: { limit: 1, window: '1h', backoff: '3s', backoff_max: '2m', jitter: 1, stable: '5s' },
      requires: ['tcp://db:5432'],
      requires_timeout: '7s',
      stop: { grace: '20s', sweep: '2s', announce: '1s' },
      serve: { signal: 'SIGINT' },
      schedule: { backup: '0 3 * * *' },
      notify: {
        url: 'http://receiver/',
        token: 't',
        timeout: '1s',
        backoff: '2s',
        backoff_max: '4s',
        keep: 5,
      },
      listen: 8080,
      on_error: 'hold',
      allow_downgrade: true,
    })
    expect(settings).to.deep.include({
      app: 'shop',
      instance: 'shop-1',
      version: '2',
      labels: { rack: '3', zone: 'a', spare: 'true' },
      killAfter: 0,
      monitor: { every: 1000, failures: 2 },
      restart: { limit: 1, window: 3_600_000, backoff: 3000, backoffMax: 120_000, jitter: 1, stable: 5000 },
      requires: ['tcp://db:5432'],
      requiresTimeout: 7000,
      stop: { grace: 20_000, sweep: 2000, announce: 1000 },
      serve: { signal: 'SIGINT' },
      schedule: { backup: { cron: '0 3 * * *', splay: 0, timeout: 120_000, timezone: null } },
      notify: {
        url: 'http://receiver/',
        secret: null,
        token: 't',
        timeout: 1000,
        backoff: 2000,
        backoffMax: 4000,
        keep: 5,
      },
      listen: '8080',
      onError: 'hold',
      allowDowngrade: true,
    })
    expect(settings.timeouts).to.include({ boot: 10_000, scheduled: 120_000, upgrade: 3_600_000 })
  })

  it('treat null as not given, and an empty text as none where there is no default', () => {
    expect(settingsOf({ monitor: { every: null }, schedule: null, stop: null }).monitor.every).to.equal(
      30_000,
    )
    const settings = settingsOf({ notify: { url: '', secret: '', token: '' }, listen: '', instance: '' })
    expect(settings).to.deep.include({ listen: null, instance: 'one' })
    expect(settings.notify).to.deep.include({ url: null, secret: null, token: null })
  })

  it('refuse an empty text where there is a default', () => {
    expect(refusalsOf({ on_error: '' })).to.deep.equal(['ww.on_error: must be "exit" or "hold", not ""'])
  })
})
