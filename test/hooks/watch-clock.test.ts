import { mock } from 'node:test'
import { expect } from 'chai'
import { watchClock } from '../../ww/hooks/watch-clock.ts'

describe('watchClock', () => {
  const realNow = Date.now
  let wall: number
  let elapsed: number
  let calls: number
  let stop: AbortController
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] })
    wall = 1_000_000
    elapsed = 0
    calls = 0
    stop = new AbortController()
    Date.now = () => wall
  })
  afterEach(() => {
    stop.abort()
    mock.timers.reset()
    Date.now = realNow
  })
  const pass = async (ms: number): Promise<void> => {
    elapsed += ms
    wall += ms
    mock.timers.tick(ms)
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const watch = (): Promise<void> =>
    watchClock(
      stop.signal,
      () => elapsed,
      () => calls++,
    )

  it('reports a clock that was set by more than five seconds, in either direction, once', async () => {
    void watch()
    for (const [jump, expected] of [
      [0, 0],
      [5000, 0],
      [5001, 1],
      [0, 1],
      [-5000, 1],
      [-5001, 2],
    ] as const) {
      wall += jump
      await pass(30_000)
      expect(calls, String(jump)).to.equal(expected)
    }
  })

  it('compares every 30 s', async () => {
    void watch()
    wall -= 3_600_000
    await pass(29_999)
    expect(calls).to.equal(0)
    await pass(1)
    expect(calls).to.equal(1)
  })

  it('resolves when it is aborted', async () => {
    const watching = watch()
    stop.abort()
    await watching
    expect(calls).to.equal(0)
  })
})
