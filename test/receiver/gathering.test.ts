import { expect } from 'chai'
import { Gathering } from '../../ww/receiver/gathering.ts'

/** Doubles numbers, and writes down which came together. */
function gather(pace?: ConstructorParameters<typeof Gathering>[1]) {
  const goes: number[][] = []
  const gathering = new Gathering<number, number>(async (items) => {
    goes.push([...items])
    if (items.includes(13)) throw new Error('13 is refused')
    return items.map((item) => item * 2)
  }, pace)
  return { gathering, goes }
}

describe('gathering', () => {
  it('does in one go what is asked for at the same time, and answers each', async () => {
    const { gathering, goes } = gather()
    expect(await Promise.all([1, 2, 3].map((item) => gathering.add(item)))).to.deep.equal([2, 4, 6])
    expect(await gathering.add(4)).to.equal(8)
    expect(goes).to.deep.equal([[1, 2, 3], [4]])
  })

  it('does very much in several goes, and answers each in its order', async () => {
    const { gathering, goes } = gather({ milliseconds: 0, most: 2 })
    const answered: number[] = []
    await Promise.all([1, 2, 3, 4, 5].map(async (item) => answered.push(await gathering.add(item))))
    expect(goes).to.deep.equal([[1, 2], [3, 4], [5]])
    expect(answered).to.deep.equal([2, 4, 6, 8, 10])
  })

  it('fails for those of a go that failed, and for nobody else', async () => {
    const { gathering } = gather({ milliseconds: 0, most: 2 })
    const all = await Promise.allSettled([12, 13, 14].map((item) => gathering.add(item)))
    expect(all.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'fulfilled'])
  })

  it('is settled when all that was asked for is answered', async () => {
    const { gathering } = gather({ milliseconds: 0, most: 1 })
    const answered: number[] = []
    for (const item of [1, 2, 3]) void gathering.add(item).then((answer) => answered.push(answer))
    await gathering.settle()
    await Promise.resolve()
    expect(answered).to.deep.equal([2, 4, 6])
  })

  it('does not wait for company that never comes', async () => {
    const { gathering, goes } = gather({ milliseconds: 1000, most: 16 })
    const sender = async (): Promise<void> => {
      for (let item = 100; item < 200; item += 1) await gathering.add(item)
    }
    await Promise.all([sender(), sender()])
    expect(goes).to.have.length(100)
    // 99 waits would take 99 s; two are what it takes to learn that nobody else comes
  }).timeout(60_000)
})
