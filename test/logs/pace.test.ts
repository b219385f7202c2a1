import { expect } from 'chai'
import { Pace } from '../../ww/logs/pace.ts'

describe('the pace of the log process', () => {
  let pauses: number[]
  let pace: Pace
  let now: number
  beforeEach(() => {
    pauses = []
    now = 1000
    pace = new Pace(
      (ms) => {
        pauses.push(ms)
        now += ms
      },
      () => now,
    )
  })
  /** One chunk after another, `gap` milliseconds apart. */
  const print = async (count: number, gap: number, size = 100): Promise<void> => {
    for (let chunk = 0; chunk < count; chunk++) {
      now += gap
      await pace.rest(size)
    }
  }

  it('has no pause for lines that come now and then', async () => {
    await print(100, 10)
    expect(pauses).to.deep.equal([])
  })

  it('has none for a few lines in a row', async () => {
    await print(9, 1)
    expect(pauses).to.deep.equal([])
    await print(1, 1)
    expect(pauses).to.deep.equal([20])
  })

  it('has one after each chunk, while many small ones come', async () => {
    await print(20, 1)
    expect(pauses.length).to.equal(11)
    await print(1, 10_000)
    await print(8, 1)
    expect(pauses.length).to.equal(11)
  })

  it('has one for all sources that have something to print at the same time', async () => {
    await print(10, 1)
    expect(pauses.length).to.equal(1)
    await Promise.all([1, 2, 3].map(() => pace.rest(100)))
    expect(pauses.length).to.equal(2)
  })

  it('has none while much is printed, and soon after', async () => {
    await print(20, 1, 4096)
    await print(50, 2)
    expect(pauses).to.deep.equal([])
    await print(1, 2)
    expect(pauses).to.deep.equal([20])
  })
})
