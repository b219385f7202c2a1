import { expect } from 'chai'
import type { OpenLimit } from '../../ww/lifecycle/limit.ts'
import { Limits } from '../../ww/lifecycle/limits.ts'
import type { Step } from '../../ww/lifecycle/stop-budget.ts'
import { VirtualClock } from '../helpers/virtual-clock.ts'

const settings = { killAfter: 2000, stop: { grace: 9000, sweep: 1000, announce: 500 } }
const state = (limit: OpenLimit | undefined): string =>
  limit ? [limit.end, limit.kill, limit.abandon].map(({ aborted }) => (aborted ? 'x' : '-')).join('') : ''

/** Begins a step that lasts until it is abandoned. */
function begin(limits: Limits, step: Step, ms: number, left: AbortSignal | null = null) {
  let limit: OpenLimit | undefined
  const done = limits.run(step, ms, left, (opened) => {
    limit = opened
    return new Promise<string>((resolve) =>
      opened.abandon.addEventListener('abort', () => resolve('abandoned')),
    )
  })
  return { done, state: () => state(limit), cause: () => limit?.cause }
}

describe('limits', () => {
  it('run a step under its own time', async () => {
    const clock = new VirtualClock()
    const step = begin(new Limits(clock, settings), 'work', 20_000)
    await clock.advance(17_750)
    expect([step.state(), step.cause()]).to.deep.equal(['x--', 'time'])
    await clock.advance(2250)
    expect(await step.done).to.equal('abandoned')
    expect(clock.pending).to.equal(0)
  })

  it('give back what the step returns, and leave no timer', async () => {
    const clock = new VirtualClock()
    expect(await new Limits(clock, settings).run('work', 100, null, async () => 7)).to.equal(7)
    expect(clock.pending).to.equal(0)
  })

  it('leave no timer when the step throws', async () => {
    const clock = new VirtualClock()
    const step = new Limits(clock, settings).run('work', 100, null, () => Promise.reject(new Error('no')))
    expect(await step.catch((error: Error) => error.message)).to.equal('no')
    expect(clock.pending).to.equal(0)
  })

  it('end a step when its state is left, and kill it after ww.kill_after, or a quarter of its time', async () => {
    const clock = new VirtualClock()
    const limits = new Limits(clock, settings)
    const left = new AbortController()
    const [long, short] = [
      begin(limits, 'work', 20_000, left.signal),
      begin(limits, 'work', 4000, left.signal),
    ]
    left.abort()
    expect([long.state(), long.cause()]).to.deep.equal(['x--', 'left'])
    await clock.advance(1000)
    expect([long.state(), short.state()]).to.deep.equal(['x--', 'xx-'])
    await clock.advance(1000)
    expect(long.state()).to.equal('xx-')
    await clock.advance(250)
    expect(long.state()).to.equal('xxx')
  })

  it('end at once a step whose state was left before', () => {
    expect(
      begin(new Limits(new VirtualClock(), settings), 'work', 100, AbortSignal.abort()).state(),
    ).to.equal('x--')
  })

  it('bring forward, when a stop begins, what already runs, and what begins after it', async () => {
    const clock = new VirtualClock()
    const limits = new Limits(clock, settings)
    const steps = [
      begin(limits, 'work', 60_000),
      begin(limits, 'services', 60_000),
      begin(limits, 'drain', 60_000),
    ]
    expect(limits.budget).to.equal(null)
    expect(limits.stop('SIGTERM')).to.equal('begun')
    expect(limits.budget).to.include({ reason: 'SIGTERM', forced: false, requestedAt: clock.now() })
    const later = begin(limits, 'drain', 60_000)
    expect(steps.map(({ state }) => state())).to.deep.equal(['x--', 'x--', '---'])
    expect([steps[0]?.cause(), later.state()]).to.deep.equal(['left', '---'])
    await clock.advance(8750)
    expect([...steps, later].map(({ state }) => state())).to.deep.equal(['xxx', 'xxx', 'xxx', 'xxx'])
    expect(later.cause()).to.equal('time')
  })

  it('close, when the stop is forced, all but the services at once', async () => {
    const clock = new VirtualClock()
    const limits = new Limits(clock, settings)
    limits.stop('SIGTERM')
    const [drain, services] = [begin(limits, 'drain', 60_000), begin(limits, 'services', 60_000)]
    await clock.advance(100)
    expect(limits.stop('SIGINT')).to.equal('forced')
    expect([drain.state(), drain.cause(), services.state()]).to.deep.equal(['xx-', 'left', 'x--'])
    await clock.advance(300)
    expect(services.state()).to.equal('xx-')
    expect(limits.stop('SIGINT')).to.equal('ignored')
    expect(limits.budget).to.include({ reason: 'SIGTERM', forced: true })
  })

  it('never give a step more time than it has without a stop', async () => {
    const clock = new VirtualClock()
    const limits = new Limits(clock, settings)
    limits.stop('SIGTERM')
    const step = begin(limits, 'drain', 100)
    await clock.advance(100)
    expect(step.state()).to.equal('xxx')
  })
})
