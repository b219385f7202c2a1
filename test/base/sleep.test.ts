import { expect } from 'chai'
import { sleep } from '../../ww/base/sleep.ts'

describe('sleep', () => {
  it('resolves after the time', async () => {
    const began = performance.now()
    await sleep(30, new AbortController().signal)
    // timers count whole milliseconds
    expect(performance.now() - began).to.be.at.least(29)
  })

  it('takes no time for nothing, and for less', async () => {
    let isLate = false
    setImmediate(() => {
      isLate = true
    })
    await sleep(0, new AbortController().signal)
    await sleep(-1, new AbortController().signal)
    expect(isLate).to.equal(false)
  })

  it('resolves at once when the signal is aborted, before or meanwhile, and leaves no timer', async () => {
    const controller = new AbortController()
    const sleeping = sleep(3_600_000, controller.signal)
    controller.abort()
    await sleeping
    await sleep(3_600_000, controller.signal)
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).to.be.at.most(1)
  })
})
