import { expect } from 'chai'
import { EventMaker } from '../../ww/notify/event.ts'

describe('the events of a boot', () => {
  const identity = {
    app: 'my shop',
    instance: 'a/b',
    version: '1',
    bootId: 'boot',
    labels: { zone: 'é' },
    configHash: '5f',
  }
  const entered = { previous: null, reason: 'start', attempt: 0, previousMs: 0, at: 0 } as const

  it('are numbered across all types, so that a receiver sees a gap', () => {
    const maker = new EventMaker(identity, 30_000)
    const events = [
      maker.lifecycle({ ...entered, state: 'UP' }),
      maker.stats(1, 'UP', { load: 1 }),
      maker.lifecycle({ ...entered, state: 'STOPPED' }),
    ]
    expect(events.map(({ id }) => id)).to.deep.equal(['boot-1', 'boot-2', 'boot-3'])
    expect(events.map(({ type }) => type)).to.deep.equal([
      'whaleware.lifecycle',
      'whaleware.stats',
      'whaleware.lifecycle',
    ])
  })

  it('carry what happened to a service', () => {
    const notice = { service: 'serve-php', state: 'failed', previous: 'ready', reason: 'exited with code 1' }
    const event = new EventMaker(identity, 1).service({
      ...notice,
      restarts: 4,
      pid: null,
      at: 1_700_000_000_000,
    })
    expect(event).to.include({ type: 'whaleware.service', time: '2023-11-14T22:13:20.000Z' })
    expect(event.data).to.deep.equal({
      ...{ ...identity, sequence: 1, interval: 1, ...notice },
      ...{ restarts: 4, pid: null, at: '2023-11-14T22:13:20.000Z' },
    })
  })

  it('carry what happened to a schedule', () => {
    const maker = new EventMaker(identity, 1)
    const notice = { hook: 'backup', result: 'failed', reason: 'exited with code 3', ms: 12 } as const
    const event = maker.schedule({ ...notice, nextAt: 1_700_000_060_000, at: 1_700_000_000_000 })
    expect(event).to.include({ type: 'whaleware.schedule', time: '2023-11-14T22:13:20.000Z' })
    expect(event.data).to.deep.equal({
      ...{ ...identity, sequence: 1, interval: 1, ...notice },
      ...{ nextAt: '2023-11-14T22:14:20.000Z', at: '2023-11-14T22:13:20.000Z' },
    })
    const last = maker.schedule({ ...notice, nextAt: null, at: 0 })
    expect(last.data).to.include({ nextAt: null, sequence: 2 })
  })

  it('name their source as a URI, whatever the names are', () => {
    expect(new EventMaker(identity, 1).stats(0, 'UP', {}).source).to.equal('/whaleware/my%20shop/a%2Fb')
  })

  it('all tell when to expect the next, so that a receiver can tell silence', () => {
    const maker = new EventMaker(identity, 30_000)
    for (const event of [maker.lifecycle({ ...entered, state: 'BOOT' }), maker.stats(0, 'UP', {})])
      expect(event.data).to.have.property('interval', 30_000)
  })

  it('carry the stats as the monitor printed them', () => {
    expect(new EventMaker(identity, 1).stats(0, 'UP', { a: [1, null] }).data).to.deep.equal({
      ...identity,
      sequence: 1,
      interval: 1,
      state: 'UP',
      stats: { a: [1, null] },
    })
  })

  it('carry the crash of the boot before, and the last words of a monitor', () => {
    const crash = { bootId: 'old', state: 'UP', since: '2024-01-01T00:00:00Z', oomKilled: true }
    const maker = new EventMaker(identity, 1)
    expect(maker.lifecycle({ ...entered, state: 'BOOT', crash }).data).to.have.deep.property('crash', crash)
    expect(
      maker.lifecycle({ ...entered, state: 'ERROR', monitorOutputs: ['no', 'no'] }).data,
    ).to.have.deep.property('monitorOutputs', ['no', 'no'])
  })
})
