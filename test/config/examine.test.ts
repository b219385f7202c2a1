import { expect } from 'chai'
import { examineLayers } from '../../ww/config/examine.ts'
import type { JsonObject } from '../../ww/config/json.ts'
import { formatProblem } from '../../ww/config/problem.ts'
import { Place } from './place.ts'
import { linesOf } from './settings-of.ts'

describe('examining the configuration', () => {
  let place: Place
  beforeEach(() => {
    place = new Place()
  })
  afterEach(() => place.remove())

  const readSecret = (path: string): string => {
    if (path.startsWith('/none')) throw Object.assign(new Error(''), { code: 'ENOENT' })
    return path.slice(1)
  }
  const examine = (value: JsonObject, env: NodeJS.ProcessEnv = {}, weak: JsonObject = {}) =>
    examineLayers(
      [
        { source: '/defaults', value: weak },
        { source: 'CFG', value },
      ],
      env,
      { schema: place.at('cfg.schema.json'), hostname: 'host', readSecret },
    )

  it('merges the layers, reads the secrets and the settings', async () => {
    const examined = await examine(
      { a: { $file: '/word' }, ww: { app: 'shop' } },
      {},
      { b: 1, ww: { version: '1' } },
    )
    expect(examined.config).to.deep.equal({ b: 1, a: 'word', ww: { app: 'shop', version: '1' } })
    expect(examined.settings).to.include({ app: 'shop', version: '1', instance: 'host' })
    expect(examined).to.deep.include({ problems: [], violations: [], warnings: [] })
  })

  it('fills in the application, the instance and the version from the environment, below the configuration', async () => {
    const env = { WW_APP: 'shop', WW_INSTANCE: 'shop-1', WW_VERSION: '1' }
    const { settings, config } = await examine({ ww: { version: '2' } }, env)
    expect(settings).to.include({ app: 'shop', instance: 'shop-1', version: '2' })
    expect(config).to.deep.equal({ ww: { version: '2' } })
    expect((await examine({}, env)).settings).to.include({ version: '1' })
    const empty = await examine({}, { WW_APP: '', WW_INSTANCE: '', WW_VERSION: '' })
    expect(empty.settings).to.include({ app: 'app', instance: 'host', version: '' })
  })

  it('uses the original’s notify_url below ww.notify.url', async () => {
    expect((await examine({ notify_url: 'http://a' })).settings.notify.url).to.equal('http://a')
    expect((await examine({ notify_url: '' })).settings.notify.url).to.equal(null)
    expect((await examine({ notify_url: 5 })).settings.notify.url).to.equal(null)
    const both = await examine({ notify_url: 'http://a', ww: { notify: { url: 'http://b', keep: 5 } } })
    expect(both.settings.notify).to.include({ url: 'http://b', keep: 5 })
  })

  it('reports a wrong receiver under the name that it has', async () => {
    expect(linesOf((await examine({ notify_url: 'a' })).problems)).to.deep.equal([
      'CFG: notify_url: must be an http:// or https:// URL, not "a"',
    ])
    expect(
      linesOf((await examine({ notify_url: 'http://a', ww: { notify: { url: 'b' } } })).problems),
    ).to.deep.equal(['CFG: ww.notify.url: must be an http:// or https:// URL, not "b"'])
  })

  it('reports secrets, settings and schedules at once, each with its layer', async () => {
    const { problems } = await examine(
      { db: { password: { $file: '/none' } }, ww: { stop: { grace: 9 }, schedule: { backup: 'at three' } } },
      {},
      { ww: { timeout: {} } },
    )
    expect(linesOf(problems)).to.deep.equal([
      'CFG: db.password: cannot read /none: no such file; mount the secret or correct "$file"',
      '/defaults: ww.timeout is not a setting; did you mean ww.timeouts?',
      'CFG: ww.stop.grace: 9 has no unit; write "9s"',
      'CFG: ww.schedule.backup: must be a cron expression, such as "0 3 * * *", not "at three"',
    ])
  })

  it('requires that ww is an object', async () => {
    expect(linesOf((await examine({ ww: 5 })).problems)).to.deep.equal(['CFG: ww: must be an object, not 5'])
  })

  it('shows nothing of a value that came from a secret’s file', async () => {
    place.write('cfg.schema.json', { properties: { port: { type: 'integer' } } })
    const { problems, violations } = await examine({
      port: { $file: '/hunter2' },
      ww: { stop: { grace: { $file: '/9' } }, notify: { url: { $file: '/hunter2' } } },
    })
    expect([...problems, ...violations].map(formatProblem)).to.deep.equal([
      'CFG: ww.stop.grace: must be a duration with a unit, such as "30s", "500ms" or "5m"',
      'CFG: ww.notify.url: must be an http:// or https:// URL',
      'CFG: port: must be an integer',
    ])
  })

  it('reports a secret that cannot be read only as that', async () => {
    place.write('cfg.schema.json', { properties: { a: { minLength: 3 } } })
    const { problems, violations } = await examine({ a: { $file: '/none' }, ww: { app: { $file: '/none' } } })
    expect([problems.length, violations.length]).to.deep.equal([2, 0])
  })

  it('does not check secrets that are on another machine, except for how they are named', async () => {
    place.write('cfg.schema.json', { properties: { a: { minLength: 3 } } })
    const value = { a: { $file: '/none' }, b: { $file: 5 }, ww: { notify: { url: { $file: '/none' } } } }
    const options = { schema: place.at('cfg.schema.json'), hostname: 'host', readSecret: null }
    const { problems, violations } = await examineLayers([{ source: 'CFG', value }], {}, options)
    expect(linesOf([...problems, ...violations])).to.deep.equal([
      'CFG: b: "$file" must be the path of a file',
    ])
  })

  it('reports what violates the schema apart from the rest', async () => {
    place.write('cfg.schema.json', { properties: { a: { type: 'string' } } })
    const { problems, violations } = await examine({ a: 5 })
    expect(problems).to.deep.equal([])
    expect(linesOf(violations)).to.deep.equal(['CFG: a: must be a string, not 5'])
  })

  it('reports a schema that is none', async () => {
    const schema = place.write('cfg.schema.json', '{"type": "objekt"}')
    const { problems, violations } = await examine({})
    expect(linesOf(problems)[0]).to.match(new RegExp(`^${schema}: cannot use it: `))
    expect(violations).to.deep.equal([])
    place.write('cfg.schema.json', '{')
    expect(linesOf((await examine({})).problems)[0]).to.equal(
      `${schema}:1: column 2: expected "}", found the end`,
    )
  })

  it('warns of settings without effect', async () => {
    const { problems, warnings } = await examine({ ww: { restart: { warmup: false } } })
    expect(problems).to.deep.equal([])
    expect(linesOf(warnings)).to.deep.equal([
      'CFG: ww.restart.warmup has no effect any longer, because a restart is as warm as a boot; remove it',
    ])
  })
})
