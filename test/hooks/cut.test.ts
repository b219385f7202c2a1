import { expect } from 'chai'
import { Cut } from '../../ww/hooks/cut.ts'
import { openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

describe('Cut', () => {
  it('leaves a limit as it is until it cuts', () => {
    const limit = openLimit({}, 4321)
    const both = new Cut().apply(limit)
    expect([both.end.aborted, both.kill.aborted, both.abandon.aborted]).to.deep.equal([false, false, false])
    expect([both.cause, both.ms]).to.deep.equal([null, 4321])
  })

  it('lets the limit itself end it, with its own cause', () => {
    const limit = openLimit()
    const both = new Cut().apply(limit)
    limit.bringForward({ end: 0, kill: 0, abandon: 0 }, 'time')
    expect([both.end.aborted, both.kill.aborted, both.abandon.aborted]).to.deep.equal([true, true, true])
    expect(both.cause).to.equal('time')
  })

  it('soon: ends at once, kills and abandons a moment later', async () => {
    const cut = new Cut()
    const both = cut.apply(openLimit())
    cut.soon()
    expect([both.end.aborted, both.kill.aborted, both.abandon.aborted]).to.deep.equal([true, false, false])
    expect(both.cause).to.equal('left')
    await until(() => both.kill.aborted)
    expect(both.abandon.aborted).to.equal(false)
    await until(() => both.abandon.aborted)
  })

  it('now: ends and kills at once, abandons a moment later', async () => {
    const cut = new Cut()
    const both = cut.apply(openLimit())
    cut.now()
    expect([both.end.aborted, both.kill.aborted, both.abandon.aborted]).to.deep.equal([true, true, false])
    await until(() => both.abandon.aborted)
  })
})
