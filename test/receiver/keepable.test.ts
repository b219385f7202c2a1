import { expect } from 'chai'
import { findUnkeepable } from '../../ww/receiver/keepable.ts'
import { makeBoot } from '../helpers/fleet-events.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'

const nest = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`

describe('what every store can keep', () => {
  const boot = makeBoot('a')
  const pushed = boot.pushed(1, { load: 1 }, 1)

  it('is any Unicode, and stats nested 100 deep', () => {
    expect(findUnkeepable({ ...pushed, id: 'ä🐳', instance: 'ö:/ %' })).to.equal(null)
    expect(findUnkeepable(boot.pushed(1, JSON.parse(nest(100)), 1))).to.equal(null)
  })

  it('is no text that a database refuses or changes, and no stats nested deeper', () => {
    expect(findUnkeepable({ ...pushed, id: 'a\0b' })).to.match(/^id must be Unicode/)
    expect(findUnkeepable({ ...pushed, instance: 'a\ud800' })).to.match(/^instance must be Unicode/)
    expect(findUnkeepable(boot.pushed(1, JSON.parse(nest(20_000)), 1))).to.match(/at most 100 deep/)
    expect(findUnkeepable(boot.unknown(1, JSON.parse(nest(100)), 1))).to.equal(null)
    expect(findUnkeepable(boot.unknown(1, JSON.parse(nest(101)), 1))).to.match(/^data must be .* 100 deep/)
  })

  it('is refused to its sender alone, not to those whose reports come at the same time', async () => {
    const receiver = await new RealReceiver().start()
    const post = async (path: string, body: string): Promise<number> =>
      (await fetch(`${receiver.url}${path}`, { method: 'POST', body })).status
    const answers = await Promise.all([
      post('/v1/instances/good-1/state', 'UP'),
      post('/v1/instances/bad/stats', nest(20_000)),
      post('/v1/instances/good-2/state', 'UP'),
    ])
    expect(answers).to.deep.equal([200, 400, 200])
    await receiver.remove()
  })
})
