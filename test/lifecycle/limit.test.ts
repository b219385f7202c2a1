import { expect } from 'chai'
import { OpenLimit } from '../../ww/lifecycle/limit.ts'
import { VirtualClock } from '../helpers/virtual-clock.ts'

const open = (clock: VirtualClock, times = { end: 100, kill: 200, abandon: 300 }) =>
  new OpenLimit(clock, 300, times)
const state = (limit: OpenLimit): string =>
  [limit.end, limit.kill, limit.abandon].map(({ aborted }) => (aborted ? 'x' : '-')).join('')

describe('a limit', () => {
  it('aborts its signals one after the other, at their times', async () => {
    const clock = new VirtualClock()
    const limit = open(clock)
    const seen = [state(limit)]
    for (const ms of [99, 1, 99, 1, 99, 1]) {
      await clock.advance(ms)
      seen.push(state(limit))
    }
    expect(seen).to.deep.equal(['---', '---', 'x--', 'x--', 'xx-', 'xx-', 'xxx'])
    expect(limit.cause).to.equal('time')
    expect(limit.ms).to.equal(300)
  })

  it('aborts at once what is due at once', () => {
    const limit = open(new VirtualClock(), { end: 0, kill: 0, abandon: 50 })
    expect(state(limit)).to.equal('xx-')
  })

  it('can be brought forward, with the cause', async () => {
    const clock = new VirtualClock()
    const limit = open(clock)
    await clock.advance(50)
    limit.bringForward({ end: 0, kill: 10, abandon: 20 }, 'left')
    expect([state(limit), limit.cause]).to.deep.equal(['x--', 'left'])
    await clock.advance(10)
    expect(state(limit)).to.equal('xx-')
    await clock.advance(10)
    expect(state(limit)).to.equal('xxx')
  })

  it('is never put off', async () => {
    const clock = new VirtualClock()
    const limit = open(clock)
    limit.bringForward({ end: 1000, kill: 1000, abandon: 1000 }, 'left')
    await clock.advance(100)
    expect(state(limit)).to.equal('x--')
    await clock.advance(200)
    expect(state(limit)).to.equal('xxx')
  })

  it('keeps its first cause', async () => {
    const clock = new VirtualClock()
    const limit = open(clock)
    await clock.advance(100)
    limit.bringForward({ end: 0, kill: 0, abandon: 0 }, 'left')
    expect(limit.cause).to.equal('time')
  })

  it('has no cause before its end', () => {
    expect(open(new VirtualClock()).cause).to.equal(null)
  })

  it('never kills what was not told to end', async () => {
    const clock = new VirtualClock()
    const limit = open(clock, { end: Infinity, kill: 10, abandon: Infinity })
    await clock.advance(10)
    expect(state(limit)).to.equal('xx-')
  })

  it('needs no timer for a time that never comes: a real one would end at once', () => {
    const clock = new VirtualClock()
    open(clock, { end: 10, kill: Infinity, abandon: Infinity })
    expect(clock.pending).to.equal(1)
  })

  it('knows how long there is until its end', async () => {
    const clock = new VirtualClock()
    const limit = open(clock)
    await clock.advance(40)
    expect(limit.left).to.equal(60)
    await clock.advance(100)
    expect(limit.left).to.equal(0)
  })

  it('leaves no timer once it is closed', async () => {
    const clock = new VirtualClock()
    const limit = open(clock)
    expect(clock.pending).to.equal(3)
    limit.bringForward({ end: 10, kill: 20, abandon: 30 }, 'left')
    expect(clock.pending).to.be.at.most(6)
    limit.close()
    await clock.advance(1000)
    expect([state(limit), clock.pending]).to.deep.equal(['---', 0])
  })
})
