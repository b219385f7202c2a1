import { expect } from 'chai'
import {
  affectedServices,
  type Change,
  type ComparedConfiguration,
  compareConfigurations,
  formatChanges,
} from '../../ww/config/changes.ts'
import type { JsonObject } from '../../ww/config/json.ts'
import { parseJson } from '../../ww/config/parse-json.ts'

/** A configuration whose secrets are those of `written`. */
const configuration = (config: JsonObject, written: JsonObject = config): ComparedConfiguration => ({
  config,
  mergeWritten: () => written,
})
const compare = (before: JsonObject, after: JsonObject): Change[] =>
  compareConfigurations(configuration(before), configuration(after))
const lines = (before: JsonObject, after: JsonObject): string[] => formatChanges(compare(before, after))

describe('the changes of a configuration', () => {
  it('are shown by key path, in columns, with secrets hidden and what has no effect yet', () => {
    const before = { memory: '400mb', debug: true, db: { password: 'a' }, ww: { listen: ':9000' } }
    const after = { memory: '600mb', cache: { ttl: '5m' }, db: { password: 'b' }, ww: { listen: ':9001' } }
    expect(lines(before, after)).to.deep.equal([
      '+ cache.ttl    "5m"',
      '~ db.password  (secret) changed',
      '- debug        true',
      '~ memory       "400mb" -> "600mb"',
      '~ ww.listen    ":9000" -> ":9001", at the next boot',
    ])
  })

  it('are none between equal configurations, whatever the order of their keys', () => {
    expect(
      compare({ a: 1, b: { c: [1, { d: 2 }], e: null } }, { b: { e: null, c: [1, { d: 2 }] }, a: 1 }),
    ).to.deep.equal([])
    expect(formatChanges([])).to.deep.equal([])
  })

  it('have everything that programs need', () => {
    const [change] = compare({ a: { b: 1 } }, { a: { b: 2 } })
    expect(change).to.deep.equal({
      ...{ kind: 'changed', keys: ['a', 'b'], keyPath: 'a.b', before: '1', after: '2' },
      ...{ secret: false, effect: 'now' },
    })
  })

  it('are each key of an object that was added or removed, and an empty object itself', () => {
    expect(lines({}, { a: { b: 1, c: { d: 2 } }, e: {} })).to.deep.equal([
      '+ a.b    1',
      '+ a.c.d  2',
      '+ e      {}',
    ])
    expect(lines({ a: { b: 1 }, e: {} }, { e: { f: 1 } })).to.deep.equal(['- a.b  1', '+ e.f  1'])
  })

  it('are items of lists that are as long as before, and otherwise the whole list', () => {
    expect(lines({ list: [1, { a: 1 }] }, { list: [1, { a: 2 }] })).to.deep.equal(['~ list.1.a  1 -> 2'])
    expect(lines({ list: [1] }, { list: [1, 2] })).to.deep.equal(['~ list  [1] -> [1,2]'])
  })

  it('are the whole value where its kind is another', () => {
    expect(lines({ a: { b: 1 } }, { a: 'b' })).to.deep.equal(['~ a  {"b":1} -> "b"'])
    expect(lines({ a: [1] }, { a: { 0: 1 } })).to.deep.equal(['~ a  [1] -> {"0":1}'])
    expect(lines({ a: null }, { a: false })).to.deep.equal(['~ a  null -> false'])
  })

  it('compare numbers as they are written', async () => {
    const [before, after] = await Promise.all(
      ['{"id": 12345678901234567890, "v": 1.0}', '{"id": 12345678901234567891, "v": 1.0}'].map((text) =>
        parseJson(text, 'x'),
      ),
    )
    expect(lines(before as JsonObject, after as JsonObject)).to.deep.equal([
      '~ id  12345678901234567890 -> 12345678901234567891',
    ])
  })

  it('show long values cut, and nothing that controls a terminal', () => {
    const [line = ''] = lines({ a: 'x' }, { a: 'y'.repeat(100) })
    expect(line).to.equal(`~ a  "x" -> "${'y'.repeat(59)}…`)
    expect(lines({ 'a\u009b\u001b[2J\n': 'x' }, {})[0]).not.to.match(/\p{Cc}/u)
    expect(lines({ a: 'x' }, { a: 'y\u009bz' })[0]).not.to.match(/\p{Cc}/u)
  })

  describe('of a secret', () => {
    const hidden = (before: JsonObject, after: JsonObject, old: JsonObject, now: JsonObject): string[] => {
      const changes = compareConfigurations(configuration(before, old), configuration(after, now))
      const text = JSON.stringify(changes)
      expect(text).not.to.contain('hunter')
      return formatChanges(changes)
    }

    it('show nothing of what came from a file, before or after', () => {
      const file = { db: { dial: { $file: '/run/secrets/db' } } }
      const plain = (dial: string) => ({ db: { dial } })
      expect(hidden(plain('hunter1'), plain('hunter2'), file, file)).to.deep.equal([
        '~ db.dial  (secret) changed',
      ])
      expect(hidden(plain('hunter1'), plain('plain'), file, plain('plain'))).to.deep.equal([
        '~ db.dial  (secret) changed',
      ])
      expect(hidden({}, plain('hunter1'), {}, file)).to.deep.equal(['+ db.dial  (secret)'])
      expect(hidden(plain('hunter1'), {}, file, {})).to.deep.equal(['- db.dial  (secret)'])
    })

    it('show nothing of a list or an object that has one in it', () => {
      const file = { users: [{ $file: '/a' }, 'x'] }
      expect(
        hidden({ users: ['hunter1', 'x'] }, { users: ['hunter1'] }, file, { users: [{ $file: '/a' }] }),
      ).to.deep.equal(['~ users  (secret) changed'])
      expect(hidden({ users: ['hunter1', 'x'] }, { users: ['hunter1', 'y'] }, file, file)).to.deep.equal([
        '~ users.1  "x" -> "y"',
      ])
      const whole = { db: { a: { $file: '/a' } } }
      expect(hidden({ db: { a: 'hunter1' } }, { db: 'none' }, whole, { db: 'none' })).to.deep.equal([
        '~ db  (secret) changed',
      ])
    })

    it('show nothing of what looks like one by its key, or has a password in an address', () => {
      for (const key of ['password', 'api_key', 'DB_TOKEN', 'secret', 'credentials'])
        expect(hidden({ [key]: 'hunter1' }, { [key]: 'hunter2' }, {}, {}), key).to.deep.equal([
          `~ ${key}  (secret) changed`,
        ])
      expect(hidden({ passwords: { a: 'hunter1' } }, { passwords: { a: 'hunter2' } }, {}, {})).to.deep.equal([
        '~ passwords.a  (secret) changed',
      ])
      const url = (password: string) => ({ db: `postgres://app:${password}@db/shop` })
      expect(hidden(url('hunter1'), url('hunter2'), {}, {})).to.deep.equal(['~ db  (secret) changed'])
      expect(hidden(url('hunter1'), { db: 'none' }, {}, {})).to.deep.equal(['~ db  (secret) changed'])
      expect(hidden({ list: [url('hunter1')] }, { list: [url('hunter2'), 1] }, {}, {})).to.deep.equal([
        '~ list  [{"db":"(secret)"}] -> [{"db":"(secret)"},1]',
      ])
    })
  })

  describe('of whaleware’s own settings', () => {
    it('have an effect now for schedules, monitor, timeouts, restarts and the log, else at the next boot', () => {
      const own = (value: string): JsonObject => ({
        ...{ schedule: { backup: value }, monitor: { every: value }, timeouts: { boot: value } },
        ...{ restart: { backoff: value }, log: { format: value }, listen: value, notify: { url: value } },
        ...{ services: { serve: { user: value } }, stop: { grace: value } },
      })
      const changes = compare(
        { ww: own('1s'), notify_url: 'a', app: '1' },
        { ww: own('2s'), notify_url: 'b', app: '2' },
      )
      const effects = Object.groupBy(changes, ({ effect }) => effect)
      expect(effects.now?.map(({ keyPath }) => keyPath)).to.deep.equal([
        ...['app', 'ww.log.format', 'ww.monitor.every', 'ww.restart.backoff', 'ww.schedule.backup'],
        'ww.timeouts.boot',
      ])
      expect(effects.nextBoot?.map(({ keyPath }) => keyPath)).to.deep.equal([
        ...['notify_url', 'ww.listen', 'ww.notify.url', 'ww.services.serve.user', 'ww.stop.grace'],
      ])
    })
  })
})

describe('the services that changes affect', () => {
  const changes = compare(
    {
      memory: 1,
      db: { host: 'a', port: 1 },
      ww: { monitor: { every: '1s' } },
      servers: [1, 2],
      a: { 'b.c': 1 },
    },
    {
      memory: 2,
      db: { host: 'b', port: 1 },
      ww: { monitor: { every: '2s' } },
      servers: [1, 3],
      a: { 'b.c': 2 },
    },
  )
  const only = (keyPath: string): Change[] => changes.filter((change) => change.keyPath === keyPath)

  it('are those that use a key that changed, one above it, or one below it', () => {
    const uses = {
      ...{ serve: ['memory'], 'serve-a': ['db'], 'serve-b': ['db.host.name'], 'serve-c': ['db.port'] },
      ...{
        'serve-d': ['mem'],
        'serve-e': ['servers[1]'],
        'serve-f': ['servers[0]'],
        'serve-g': ['a["b.c"]'],
      },
      ...{ 'serve-h': [], 'serve-i': ['nothing', 'memory'] },
    }
    expect(affectedServices(changes, uses)).to.deep.equal([
      ...['serve', 'serve-a', 'serve-b', 'serve-e', 'serve-g', 'serve-i'],
    ])
  })

  it('are all where none says what it uses, but not for a setting of whaleware’s own', () => {
    const uses = { serve: [], 'serve-a': [] }
    expect(affectedServices(only('memory'), uses)).to.deep.equal(['serve', 'serve-a'])
    expect(affectedServices(only('ww.monitor.every'), uses)).to.deep.equal([])
    expect(affectedServices([], uses)).to.deep.equal([])
    expect(affectedServices(only('memory'), {})).to.deep.equal([])
  })

  it('are those that use the whole configuration, or a setting of whaleware’s own by name', () => {
    expect(affectedServices(only('memory'), { serve: ['.'] })).to.deep.equal(['serve'])
    expect(
      affectedServices(only('ww.monitor.every'), { serve: ['.'], 'serve-a': ['ww.monitor'] }),
    ).to.deep.equal(['serve-a'])
    expect(affectedServices(only('memory'), { serve: ['a[b'] })).to.deep.equal([])
  })
})
