import { expect } from 'chai'
import { withProgress } from '../../ww/lifecycle/progress.ts'
import { FakeWorld } from '../helpers/fake-world.ts'

describe('a long step', () => {
  it('is logged after 1 s, 10 s, 1 min, 5 min, and then every 5 min', async () => {
    const world = new FakeWorld()
    const signal = new AbortController().signal
    const work = withProgress({ world }, { waitsFor: () => 'upgrade is running', limit: 3_600_000 }, () =>
      world.sleep(950_000, signal),
    )
    await world.clock.advance(950_000)
    await work
    expect(world.lines).to.deep.equal(
      ['1.0 s', '10 s', '1 min', '5 min', '10 min', '15 min'].map(
        (spent) => `upgrade is running (for ${spent}, limit 1 h)`,
      ),
    )
    expect(world.clock.pending).to.equal(0)
  })

  it('is not logged when it is short, and gives its result', async () => {
    const world = new FakeWorld()
    const work = withProgress({ world }, { waitsFor: () => '', limit: 1 }, async () => 'result')
    expect(await work).to.equal('result')
    expect([world.lines, world.clock.pending]).to.deep.equal([[], 0])
  })

  it('leaves no timer when it fails', async () => {
    const world = new FakeWorld()
    const work = withProgress({ world }, { waitsFor: () => '', limit: 1 }, () =>
      Promise.reject(new Error('no')),
    )
    expect(await work.catch((error: Error) => error.message)).to.equal('no')
    expect(world.clock.pending).to.equal(0)
  })
})
