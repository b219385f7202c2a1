import { getEventListeners } from 'node:events'
import { expect } from 'chai'
import { openBound } from '../../ww/probe/bound.ts'
import { until } from '../helpers/until.ts'

describe('the time of one probe', () => {
  it('is over after its milliseconds', async () => {
    const bound = openBound(new AbortController().signal, 20)
    expect(bound.signal.aborted).to.equal(false)
    await until(() => bound.signal.aborted)
    expect(bound.reason).to.equal('timed out')
    bound.close()
  })

  it('is over when it is no longer wanted', () => {
    const outer = new AbortController()
    const bound = openBound(outer.signal, 60_000)
    outer.abort()
    expect([bound.signal.aborted, bound.reason]).to.deep.equal([true, 'was aborted'])
    bound.close()
  })

  it('is over at once when it was not wanted before', () => {
    const bound = openBound(AbortSignal.abort(), 60_000)
    expect(bound.signal.aborted).to.equal(true)
    bound.close()
  })

  it('leaves nothing in a signal that lives longer', () => {
    const { signal } = new AbortController()
    for (let count = 0; count < 5; count++) openBound(signal, 60_000).close()
    expect(getEventListeners(signal, 'abort')).to.deep.equal([])
  })
})
