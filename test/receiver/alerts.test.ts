import { expect } from 'chai'
import type { AlertCondition, AlertRule } from '../../ww/receiver/alert-rules.ts'
import { type Alert, evaluate } from '../../ww/receiver/alerts.ts'
import type { InstanceView } from '../../ww/receiver/model.ts'
import { makeLost, makeView } from './views.ts'

const lost: AlertCondition = { kind: 'status', is: ['LOST'] }
const disk: AlertCondition = { kind: 'stat', path: 'disk.used', over: 90, under: null }

/** Looks at one instance every second of virtual time, as the receiver does. */
class Watch {
  #rule: AlertRule
  #alerts: Alert[] = []
  now = 0

  constructor(condition: AlertCondition, rule: Partial<AlertRule> = {}) {
    this.#rule = { name: 'rule', condition, app: null, hold: 0, resolve: 0, ...rule }
  }

  /** What the alert is after the instance was like this for so many seconds. */
  after(view: InstanceView | null, seconds = 1): Alert | undefined {
    for (let i = 0; i < seconds; i++) {
      this.now += 1000
      this.#alerts = evaluate(this.#alerts, view ? [view] : [], [this.#rule], this.now)
    }
    return this.#alerts[0]
  }

  /** Marks what people were told. */
  tell(): void {
    this.#alerts = this.#alerts.map((alert) => ({ ...alert, told: 'firing' }))
  }
}

describe('an alert', () => {
  it('fires for what its rule says of an instance, and is resolved when that is over', () => {
    const watch = new Watch(lost)
    expect(watch.after(makeView('web-1'))).to.equal(undefined)
    expect(watch.after(makeLost('web-1'))).to.include({ status: 'firing', what: 'LOST', id: 'shop:web-1' })
    expect(watch.after(makeView('web-1'))).to.include({ status: 'resolved', resolvedAt: 3000 })
  })

  it('fires only when the condition has held for as long as the rule says', () => {
    const watch = new Watch(lost, { hold: 10_000 })
    expect(watch.after(makeLost('web-1'), 10)?.status).to.equal('pending')
    expect(watch.after(makeView('web-1'))).to.equal(undefined)
    expect(watch.after(makeLost('web-1'), 10)?.status).to.equal('pending')
    expect(watch.after(makeLost('web-1'))).to.include({ status: 'firing', firedAt: 22_000 })
  })

  it('is resolved only when the condition was away for as long as the rule says: who flaps has one alert', () => {
    const watch = new Watch(lost, { resolve: 10_000 })
    for (let i = 0; i < 20; i++) {
      expect(watch.after(makeLost('web-1'), 3)).to.include({ status: 'firing', firedAt: 1000 })
      expect(watch.after(makeView('web-1'), 9)).to.include({ status: 'firing', firedAt: 1000 })
    }
    expect(watch.after(makeView('web-1'), 2)?.status).to.equal('resolved')
  })

  it('fires anew when the condition comes back after that', () => {
    const watch = new Watch(lost)
    watch.after(makeLost('web-1'))
    watch.after(makeView('web-1'))
    expect(watch.after(makeLost('web-1'))).to.include({ status: 'firing', firedAt: 3000, told: null })
  })

  it('tells of a silence since the last word, and of a state since it was entered', () => {
    const silent = new Watch(lost)
    silent.now = 500_000
    expect(silent.after(makeLost('web-1', {}, 380_000))?.since).to.equal(380_000)
    const failed = new Watch({ kind: 'status', is: ['ERROR'] })
    failed.now = 500_000
    const view = makeView('web-1', { state: 'ERROR', since: new Date(420_000).toISOString() })
    expect(failed.after(view)?.since).to.equal(420_000)
  })

  it('began no later than it was seen, even when the clock of the instance is ahead', () => {
    const watch = new Watch({ kind: 'status', is: ['ERROR'] })
    const view = makeView('web-1', { state: 'ERROR', since: new Date(9e9).toISOString() })
    expect(watch.after(view)?.since).to.equal(1000)
  })

  it('knows a state behind its status: what is STUCK in WARMUP is in WARMUP', () => {
    const stuck = makeView('web-1', { state: 'WARMUP', status: 'STUCK', stuck: true })
    expect(new Watch({ kind: 'status', is: ['STUCK'] }).after(stuck)?.what).to.equal('STUCK')
    expect(new Watch({ kind: 'status', is: ['WARMUP'] }).after(stuck)?.what).to.equal('WARMUP')
  })

  it('is about a crash loop: restarts within an hour or a day', () => {
    const view = makeView('web-1', { restarts: { hour: 4, day: 9 } })
    expect(new Watch({ kind: 'restarts', limit: 5, within: 'hour' }).after(view)).to.equal(undefined)
    expect(new Watch({ kind: 'restarts', limit: 4, within: 'hour' }).after(view)?.what).to.equal(
      '4 restarts within an hour',
    )
    expect(new Watch({ kind: 'restarts', limit: 5, within: 'day' }).after(view)?.what).to.equal(
      '9 restarts within a day',
    )
  })

  it('is about a stat over or under a limit for a time', () => {
    const full = makeView('web-1', { stats: { disk: { used: 93 } } })
    const watch = new Watch(disk, { hold: 5000 })
    expect(watch.after(full, 5)?.status).to.equal('pending')
    expect(watch.after(full)).to.include({ status: 'firing', what: 'disk.used is 93, over 90' })
    const low: AlertCondition = { kind: 'stat', path: 'disk.used', over: null, under: 95 }
    expect(new Watch(low).after(full)?.what).to.equal('disk.used is 93, under 95')
    expect(new Watch(disk).after(makeView('web-1', { stats: { disk: { used: 90 } } }))).to.equal(undefined)
  })

  it('neither fires nor resolves by the old stats of an instance that is away or on its way up', () => {
    const stats = { disk: { used: 93 } }
    const low = { disk: { used: 10 } }
    expect(new Watch(disk).after(makeLost('web-1', { stats }))).to.equal(undefined)
    const watch = new Watch(disk)
    watch.after(makeView('web-1', { stats }))
    expect(watch.after(makeLost('web-1', { stats: low }))?.status).to.equal('firing')
    expect(watch.after(makeView('web-1', { state: 'WARMUP', stats: low }))?.status).to.equal('firing')
    expect(watch.after(makeView('web-1', { state: 'STOPPED', stats }))?.status).to.equal('resolved')
  })

  it('is only about the app that its rule names', () => {
    expect(new Watch(lost, { app: 'mail' }).after(makeLost('web-1'))).to.equal(undefined)
    expect(new Watch(lost, { app: 'shop' }).after(makeLost('web-1'))?.status).to.equal('firing')
  })

  it('is resolved when its instance or its rule is no more', () => {
    const watch = new Watch(lost)
    const alert = watch.after(makeLost('web-1'))
    expect(watch.after(null)?.status).to.equal('resolved')
    const left = evaluate(alert ? [alert] : [], [makeLost('web-1')], [], 2000)
    expect(left.map(({ status }) => status)).to.deep.equal(['resolved'])
  })

  it('is shown for an hour after it was resolved, and until people were told that it is over', () => {
    const watch = new Watch(lost)
    watch.after(makeLost('web-1'))
    expect(watch.after(makeView('web-1'), 3600)?.status).to.equal('resolved')
    expect(watch.after(makeView('web-1'))).to.equal(undefined)
    watch.after(makeLost('web-1'))
    watch.tell()
    expect(watch.after(makeView('web-1'), 7300)?.status).to.equal('resolved')
  })
})
