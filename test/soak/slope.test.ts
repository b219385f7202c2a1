import { expect } from 'chai'
import { type Sample, summarize } from './slope.ts'

describe('the slope of memory', () => {
  const sampled = (bytesAt: (second: number) => number): Sample[] =>
    Array.from({ length: 360 }, (_, index) => ({ hours: index / 360, bytes: bytesAt(index * 10) }))

  it('is the growth in an hour', () => {
    const { slope, first, last } = summarize(
      sampled((second) => 5e6 + second * 100),
      0,
    )
    expect(slope).to.be.closeTo(360_000, 1)
    expect(last).to.be.greaterThan(first)
  })

  it('leaves out the time of warming up', () => {
    const warming = sampled((second) => (second < 600 ? second * 1e4 : 6e6))
    expect(summarize(warming, 1 / 6)).to.deep.equal({ slope: 0, first: 6e6, last: 6e6 })
  })

  it('is not moved by single samples before a collection of garbage', () => {
    const { slope } = summarize(
      sampled((second) => (second % 60 === 50 ? 9e6 : 5e6)),
      0,
    )
    expect(slope).to.equal(0)
  })
})
