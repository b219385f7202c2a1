import { expect } from 'chai'
import { leaveWithin, ordinaryTimes, type Step, StopBudget } from '../../ww/lifecycle/stop-budget.ts'

const settings = { killAfter: 2000, stop: { grace: 9000, sweep: 1000, announce: 500 } }
const times = (step: Step, now = 0, budget = new StopBudget('SIGTERM', 0, settings)) =>
  budget.timesOf(step, now)

describe('the stop budget', () => {
  it('ends a twentieth of the grace period early, 250 ms at most, so that the process has time to exit', () => {
    const deadline = (grace: number): number =>
      new StopBudget('', 100, { killAfter: 0, stop: { grace, sweep: 0, announce: 0 } }).deadline
    expect([9000, 5000, 2000, 100].map(deadline)).to.deep.equal([8850, 4850, 2000, 195])
  })

  it('has for everything before the sweep what the sweep and the announcement leave, never less than nothing', () => {
    const budget = new StopBudget('', 0, settings)
    expect([0, 1000, 7250, 8000, 20_000].map((now) => budget.left(now))).to.deep.equal([7250, 6250, 0, 0, 0])
  })

  it('ends what runs at once, and kills it after ww.kill_after, or a quarter of what is left', () => {
    expect(times('work')).to.deep.equal({ end: 0, kill: 1812.5, abandon: 2062.5 })
    const patient = new StopBudget('', 0, { ...settings, killAfter: 100 })
    expect(times('work', 0, patient)).to.deep.equal({ end: 0, kill: 100, abandon: 350 })
    expect(times('work', 8000)).to.deep.equal({ end: 0, kill: 0, abandon: 250 })
  })

  it('gives drain half of what is left, its SIGKILL included', () => {
    expect(times('drain')).to.deep.equal({ end: 3625 - 250 - 906.25, kill: 3375, abandon: 3625 })
  })

  it('gives services three quarters, or all where no svcdown follows; they get SIGTERM at once', () => {
    expect(times('services')).to.deep.equal({ end: 0, kill: 5437.5 - 250, abandon: 5437.5 })
    expect(times('servicesAlone')).to.deep.equal({ end: 0, kill: 7000, abandon: 7250 })
  })

  it('gives svcdown all that is left', () => {
    expect(times('svcdown', 5000)).to.deep.equal({ end: 2250 - 225 - 562.5, kill: 2025, abandon: 2250 })
  })

  it('gives the sweep its reserve, but never that of the announcement', () => {
    expect(times('sweep')).to.deep.equal({ end: 0, kill: 900, abandon: 1000 })
    expect(times('sweep', 8000)).to.deep.equal({ end: 0, kill: 225, abandon: 250 })
    expect(times('sweep', 9000)).to.deep.equal({ end: 0, kill: 0, abandon: 0 })
  })

  it('lets announcements run to the end of it, and gives up old ones early while it is flushed', () => {
    expect(times('announcement')).to.deep.equal({ end: 8750 - 250 - 500, kill: 8500, abandon: 8750 })
    expect(times('flush')).to.deep.equal({ end: 500, kill: 8500, abandon: 8750 })
    expect(times('flush', 8250)).to.deep.equal({ end: 250, kill: 450, abandon: 500 })
  })

  it('has nothing left after its deadline', () => {
    const steps = ['drain', 'services', 'servicesAlone', 'svcdown', 'sweep', 'announcement', 'flush'] as const
    for (const step of steps) expect(times(step, 10_000), step).to.deep.equal({ end: 0, kill: 0, abandon: 0 })
  })

  it('when forced ends everything at once, gives services 300 ms, and the announcement a second', () => {
    const forced = new StopBudget('', 0, settings)
    forced.forced = true
    for (const step of ['work', 'drain', 'svcdown', 'sweep'] as const)
      expect(times(step, 0, forced), step).to.deep.equal({ end: 0, kill: 0, abandon: 250 })
    for (const step of ['services', 'servicesAlone'] as const)
      expect(times(step, 0, forced), step).to.deep.equal({ end: 0, kill: 300, abandon: 550 })
    expect(times('flush', 0, forced)).to.deep.equal({ end: 0, kill: 900, abandon: 1000 })
    expect(times('announcement', 0, forced)).to.deep.equal({ end: 900, kill: 900, abandon: 1000 })
    expect(times('sweep', 8700, forced).abandon).to.equal(50)
    expect(times('services', 8450, forced)).to.deep.equal({ end: 0, kill: 270, abandon: 300 })
  })
})

describe('the times of a step without a stop', () => {
  it('include the SIGKILL in the limit of a hook', () => {
    expect(ordinaryTimes('work', 20_000, settings)).to.deep.equal({
      end: 17_750,
      kill: 19_750,
      abandon: 20_000,
    })
    expect(ordinaryTimes('work', 1000, settings)).to.deep.equal({ end: 650, kill: 900, abandon: 1000 })
    expect(ordinaryTimes('drain', 5000, settings)).to.deep.equal({ end: 3500, kill: 4750, abandon: 5000 })
  })

  it('are all for waiting where there is nothing to kill', () => {
    expect(ordinaryTimes('wait', 5000, settings)).to.deep.equal({ end: 5000, kill: 5000, abandon: 5250 })
    expect(times('wait')).to.deep.equal(times('work'))
  })

  it('send SIGTERM to services and leftovers at once', () => {
    const expected = { end: 0, kill: 59_750, abandon: 60_000 }
    expect(ordinaryTimes('services', 60_000, settings)).to.deep.equal(expected)
    expect(ordinaryTimes('servicesAlone', 60_000, settings)).to.deep.equal(expected)
    expect(ordinaryTimes('sweep', 60_000, settings)).to.deep.equal(expected)
  })

  it('give up old announcements after ww.stop.announce', () => {
    expect(ordinaryTimes('flush', 9000, settings)).to.deep.equal({ end: 500, kill: 8750, abandon: 9000 })
  })

  it('when its state is left: SIGTERM now, SIGKILL after the window', () => {
    expect(leaveWithin(700)).to.deep.equal({ end: 0, kill: 700, abandon: 950 })
  })
})
