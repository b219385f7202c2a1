import { expect } from 'chai'
import { listSettings, readSettings } from '../../ww/config/read-settings.ts'
import { linesOf, refusalsOf, settingsOf } from './settings-of.ts'

describe('reading the settings', () => {
  it('needs no key ww at all', () => {
    expect(readSettings({}, 'one')).to.deep.include({ problems: [], warnings: [] })
    expect(readSettings({ ww: null }, 'one').problems).to.deep.equal([])
  })

  it('reports everything that is wrong at once, and has the default there', () => {
    const { settings, problems } = readSettings({ ww: { app: 1, on_error: 1, stop: { grace: 9 } } }, 'one')
    expect(linesOf(problems)).to.deep.equal([
      'ww.app: must be a string, not 1',
      'ww.stop.grace: 9 has no unit; write "9s"',
      'ww.on_error: must be "exit" or "hold", not 1',
    ])
    expect(settings).to.deep.include({ app: 'app', onError: 'exit' })
    expect(settings.stop.grace).to.equal(9000)
  })

  it('requires that ww and its sections are objects', () => {
    expect(refusalsOf(5)).to.deep.equal(['ww: must be an object, not 5'])
    expect(refusalsOf([1])).to.deep.equal(['ww: must be an object, not [1]'])
    expect(refusalsOf({ monitor: 30 })).to.deep.equal(['ww.monitor: must be an object, not 30'])
  })

  it('refuses a grace period that the reserved times fill, to the millisecond', () => {
    const line = 'ww.stop.grace: must be longer than ww.stop.sweep and ww.stop.announce together'
    expect(refusalsOf({ stop: { grace: '1500ms' } })).to.deep.equal([line])
    expect(refusalsOf({ stop: { grace: '1s', sweep: '2s' } })).to.deep.equal([line])
    expect(settingsOf({ stop: { grace: '1501ms' } }).stop.grace).to.equal(1501)
  })

  it('refuses a longest delay that is shorter than the first one', () => {
    expect(refusalsOf({ restart: { backoff: '61s' }, notify: { backoff: '61s' } })).to.deep.equal([
      'ww.restart.backoff_max: must not be shorter than ww.restart.backoff',
      'ww.notify.backoff_max: must not be shorter than ww.notify.backoff',
    ])
    expect(settingsOf({ restart: { backoff: '60s' } }).restart.backoff).to.equal(60_000)
  })

  it('accepts ww.restart.warmup with a warning that it has no effect', () => {
    const { problems, warnings } = readSettings({ ww: { restart: { warmup: true } } }, 'one')
    expect(problems).to.deep.equal([])
    expect(linesOf(warnings)).to.deep.equal([
      'ww.restart.warmup has no effect any longer, because a restart is as warm as a boot; remove it',
    ])
    expect(readSettings({ ww: {} }, 'one').warnings).to.deep.equal([])
  })

  it('reads numbers that remained as written', () => {
    const settings = readSettings({ ww: { monitor: { failures: JSON.rawJSON('3.0') } } }, 'one').settings
    expect(settings.monitor.failures).to.equal(3)
  })

  it('lists the settings in the order of the table, with what they are', () => {
    const rows = listSettings()
    expect(rows.find(({ keys }) => keys.join('.') === 'kill_after')).to.deep.include({
      fallback: '2s',
      obsolete: false,
    })
    expect(rows.filter(({ obsolete }) => obsolete).map(({ keys }) => keys.join('.'))).to.deep.equal([
      'restart.warmup',
    ])
    expect(rows.map(({ keys }) => keys.join('.')).slice(0, 2)).to.deep.equal([
      'timeouts.boot',
      'timeouts.firstboot',
    ])
  })
})
