import { expect } from 'chai'
import { parseDuration } from '../../ww/base/duration.ts'
import { nearest } from '../../ww/base/nearest.ts'
import type { JsonObject } from '../../ww/config/json.ts'
import { checkSchedules, readSettings } from '../../ww/config/read-settings.ts'
import { settingsWith } from '../helpers/fake-world.ts'

const read = (ww: JsonObject) => readSettings({ ww }, 'one')
const refusal = (ww: JsonObject): string => {
  try {
    read(ww)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  throw new Error('it was not refused')
}

describe('parseDuration', () => {
  for (const [text, ms] of [
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5h', 5_400_000],
    ['2d', 172_800_000],
    ['5m', 300_000],
  ] as const) {
    it(`reads ${text}`, () => expect(parseDuration(text)).to.equal(ms))
  }
  for (const text of ['30', 's', '-1s', '1 week', '', '1s2']) {
    it(`does not take "${text}" for one`, () => expect(parseDuration(text)).to.equal(null))
  }
})

describe('nearest', () => {
  it('finds what may have been meant, and nothing when nothing is near', () => {
    expect(nearest('firstbot', ['boot', 'firstboot'])).to.equal('firstboot')
    expect(nearest('corn', ['splay', 'cron'])).to.equal('cron')
    expect(nearest('xyz', ['boot', 'firstboot'])).to.equal(undefined)
  })
})

describe('the settings', () => {
  it('have the defaults of the README', () => {
    expect(read({})).to.deep.equal({ ...settingsWith(), version: '' })
  })

  it('take what is given, in units of their own', () => {
    const settings = read({
      timeouts: { boot: '10s' },
      restart: { backoff_max: '2m' },
      on_error: 'hold',
      requires: ['tcp://db:5432'],
    })
    expect(settings.timeouts.boot).to.equal(10_000)
    expect(settings.restart).to.include({ backoffMax: 120_000, limit: 5 })
    expect(settings).to.include({ onError: 'hold' })
    expect(settings.requires).to.deep.equal(['tcp://db:5432'])
  })

  it('take a schedule as a cron expression or as an object', () => {
    expect(
      read({
        schedule: {
          backup: '0 3 * * *',
          tidy: { cron: '* * * * *', splay: '5m', timeout: '1m', timezone: 'UTC' },
        },
      }).schedule,
    ).to.deep.equal({
      backup: { cron: '0 3 * * *', splay: 0, timeout: 3_600_000, timezone: null },
      tidy: { cron: '* * * * *', splay: 300_000, timeout: 60_000, timezone: 'UTC' },
    })
  })

  const wrong: [JsonObject, string][] = [
    [{ timeouts: { bot: '1s' } }, 'there is no setting ww.timeouts.bot; did you mean ww.timeouts.boot?'],
    [{ monitr: { every: '1s' } }, 'there is no setting ww.monitr; did you mean ww.monitor?'],
    [{ backof: '1s' }, 'there is no setting ww.backof; did you mean ww.restart.backoff?'],
    [{ zzzzzzzz: 1 }, 'bad configuration: there is no setting ww.zzzzzzzz'],
    [{ monitor: { every: '0s' } }, 'ww.monitor.every must be longer than nothing, not "0s"'],
    [{ monitor: { every: '25d' } }, 'ww.monitor.every must be at most "24d", not "25d"'],
    [{ requires: ['tcp://db'] }, 'ww.requires must be a list of tcp://host:port'],
    [{ labels: { a: {} } }, 'ww.labels must be an object of strings, not {"a":{}}'],
    [{ listen: 'here' }, 'ww.listen must be "host:port", ":port" or "port", not "here"'],
    [{ notify: { url: 'receiver:8080' } }, 'ww.notify.url must be an http:// or https:// URL'],
    [{ restart: { backoff: '2m' } }, 'ww.restart.backoff_max must not be shorter than ww.restart.backoff'],
    [{ monitor: 30 }, 'ww.monitor must be an object'],
    [
      { monitor: { every: 30 } },
      'ww.monitor.every must be a duration with a unit, such as "30s", "500ms" or "5m", not 30',
    ],
    [{ monitor: { failures: 0 } }, 'ww.monitor.failures must be a whole number of at least 1, not 0'],
    [{ serve: { signal: 'SIGSTOPP' } }, 'ww.serve.signal must be the name of a signal'],
    [{ requires: ['db:5432'] }, 'ww.requires must be a list of tcp://host:port'],
    [{ on_error: 'wait' }, 'ww.on_error must be "exit" or "hold", not "wait"'],
    [
      { stop: { grace: '1s' } },
      'ww.stop.grace must be longer than ww.stop.sweep and ww.stop.announce together',
    ],
    [{ schedule: { backup: { corn: 'now' } } }, 'did you mean ww.schedule.backup.cron?'],
    [
      { schedule: { backup: { splay: '1s' } } },
      'ww.schedule.backup.cron must be a cron expression, not nothing',
    ],
    [
      { schedule: { backup: { cron: '* * * * *', splay: 5 } } },
      'ww.schedule.backup.splay must be a duration',
    ],
    [{ schedule: { backup: 5 } }, 'ww.schedule.backup must be a cron expression or an object'],
    [{ schedule: { '../x': '* * * * *' } }, 'ww.schedule.../x is no hook'],
    [{ schedule: 'backup' }, 'ww.schedule must be an object from hook to cron expression, not "backup"'],
  ]
  for (const [ww, sentence] of wrong) {
    it(`refuse ${JSON.stringify(ww)}`, () => expect(refusal(ww)).to.contain(sentence))
  }

  it('tell of all that is wrong at once', () => {
    expect(refusal({ app: 1, on_error: 1, schedule: { backup: 1 } }).split('; ')).to.have.length(3)
  })

  it('show no secret that is wrong', () => {
    expect(refusal({ notify: { secret: 12345 } })).to.equal(
      'bad configuration: ww.notify.secret must be a string',
    )
  })

  it('take null for what is not given, and an empty address for none', () => {
    expect(read({ monitor: { every: null }, schedule: null, stop: null }).monitor.every).to.equal(30_000)
    expect(read({ notify: { url: '', secret: '' }, listen: '' })).to.deep.include({ listen: null })
    expect(read({ listen: 8080 }).listen).to.equal('8080')
  })

  it('refuse a cron expression that makes no sense', async () => {
    const error = await checkSchedules(read({ schedule: { backup: 'at three' } })).catch(
      (reason: Error) => reason.message,
    )
    expect(error).to.equal('bad configuration: ww.schedule.backup is no cron expression: "at three"')
  })

  it('refuse a time zone that there is not', async () => {
    const schedule = { backup: { cron: '0 3 * * *', timezone: 'Europe/Prag' } }
    const error = await checkSchedules(read({ schedule })).catch((reason: Error) => reason.message)
    expect(error).to.equal('bad configuration: ww.schedule.backup.timezone is no time zone: "Europe/Prag"')
  })
})
