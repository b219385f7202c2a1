import { expect } from 'chai'
import { refusalsOf } from './settings-of.ts'

describe('a key that no setting has', () => {
  const cases: [ww: Parameters<typeof refusalsOf>[0], line: string][] = [
    [{ timeout: {} }, 'ww.timeout is not a setting; did you mean ww.timeouts?'],
    [{ timeouts: { bot: '1s' } }, 'ww.timeouts.bot is not a setting; did you mean ww.timeouts.boot?'],
    [{ monitr: { every: '1s' } }, 'ww.monitr is not a setting; did you mean ww.monitor?'],
    [{ backof: '1s' }, 'ww.backof is not a setting; did you mean ww.restart.backoff?'],
    [{ monitorevery: 1 }, 'ww.monitorevery is not a setting; did you mean ww.monitor.every?'],
    [{ monitor: { jitter: 1 } }, 'ww.monitor.jitter is not a setting; did you mean ww.restart.jitter?'],
    [{ notify: { backof: '1s' } }, 'ww.notify.backof is not a setting; did you mean ww.notify.backoff?'],
    [{ zzzzzzzz: 1 }, 'ww.zzzzzzzz is not a setting'],
    [{ 'stop.grace': '1s' }, 'ww["stop.grace"] is not a setting; did you mean ww.stop.grace?'],
    [
      { services: { 'serve-x': { afer: [] } } },
      'ww.services.serve-x.afer is not a setting; did you mean ww.services.serve-x.after?',
    ],
    [{ on_exitt: 'stop' }, 'ww.on_exitt is not a setting; did you mean ww.services.NAME.on_exit?'],
    [{ constructor: 1 }, 'ww.constructor is not a setting'],
    [{ app: 'x', apps: null }, 'ww.apps is not a setting; did you mean ww.app?'],
  ]
  for (const [ww, line] of cases) {
    it(`is reported with the nearest one: ${JSON.stringify(ww)}`, () => {
      expect(refusalsOf(ww)).to.deep.equal([line])
    })
  }

  it('below a setting that is an object is the author’s', () => {
    expect(refusalsOf({ labels: { anything: 'x' }, schedule: { any: '* * * * *' } })).to.deep.equal([])
  })

  it('is reported for each that there is', () => {
    expect(refusalsOf({ monitr: {}, stop: { grce: '1s' } })).to.have.length(2)
  })
})
