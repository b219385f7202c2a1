import { expect } from 'chai'
import { type Durations, noteDuration, stuckAfter } from '../../ww/receiver/stuck.ts'
import { makeBoot } from '../helpers/fleet-events.ts'

describe('how long a state may last', () => {
  const boot = makeBoot('a')
  const after = (lengths: readonly number[], state = 'UP', previous = 'WARMUP'): Durations =>
    lengths.reduce<Durations>(
      (durations, previousMs, index) =>
        noteDuration(durations, boot.entered(index + 1, state, index, { previous, previousMs })),
      {},
    )
  const upTo = (count: number, unit: number): number[] =>
    Array.from({ length: count }, (_, i) => (i + 1) * unit)

  it('is this app’s own 95th percentile', () => {
    const durations = after(upTo(100, 1000))
    expect(stuckAfter(durations, 'shop', 'WARMUP')).to.equal(95_000)
    expect(stuckAfter(durations, 'other', 'WARMUP')).to.equal(null)
    expect(stuckAfter(durations, 'shop', 'UPGRADING')).to.equal(null)
  })

  it('is not judged by a handful of samples, and never so short that a hiccup counts', () => {
    expect(stuckAfter(after(upTo(4, 1000)), 'shop', 'WARMUP')).to.equal(null)
    expect(stuckAfter(after(upTo(10, 1)), 'shop', 'WARMUP')).to.equal(5000)
  })

  it('learns from the last 200', () => {
    const durations = after([...upTo(300, 1_000_000), ...Array<number>(200).fill(9000)])
    expect(stuckAfter(durations, 'shop', 'WARMUP')).to.equal(9000)
  })

  it('learns nothing from what ended in a stop or an error, nor of UP', () => {
    expect(after([1, 2, 3], 'STOPPED')).to.deep.equal({})
    expect(after([1, 2, 3], 'ERROR')).to.deep.equal({})
    expect(after([1, 2, 3], 'STOPPED', 'UP')).to.deep.equal({})
  })
})
