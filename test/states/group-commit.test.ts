import { expect } from 'chai'
import { GroupCommit, type Verdict } from '../../ww/states/group-commit.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import { until } from '../helpers/until.ts'
import { door, recordOf } from './charts.ts'

/** A disk whose writes end when they are told to. */
class SlowDisk {
  readonly written: (number | undefined)[] = []
  readonly told: (number | undefined)[] = []
  readonly #ends: ((error?: Error) => void)[] = []

  write = (record: MachineRecord | null): Promise<void> =>
    new Promise((resolve, reject) => {
      this.written.push(record?.revision)
      this.#ends.push((error) => (error ? reject(error) : resolve()))
    })

  tell = (record: MachineRecord | null): void => void this.told.push(record?.revision)

  async end(error?: Error): Promise<void> {
    await until(() => this.#ends.length > 0, 'a write under way')
    this.#ends.shift()?.(error)
  }
}

describe('the changes of one machine', () => {
  const start = recordOf(door)
  const count = (newest: MachineRecord | null): Verdict<number> =>
    newest ? { record: newest, answer: newest.revision } : { answer: -1 }

  it('are written at once when nothing is under way, and together when something is', async () => {
    const disk = new SlowDisk()
    const machine = new GroupCommit(start, disk.write, disk.tell)
    const answers = [1, 2, 3, 4].map(() => machine.change(count))
    expect(disk.written).to.deep.equal([1])
    await disk.end()
    expect((await answers[0])?.record?.revision).to.equal(1)
    expect(machine.durable?.revision).to.equal(1)
    await disk.end()
    expect((await Promise.all(answers)).map(({ answer }) => answer)).to.deep.equal([0, 1, 2, 3])
    expect(disk.written).to.deep.equal([1, 4])
    expect(disk.told).to.deep.equal([1, 2, 3, 4])
  })

  it('are not answered before they are durable, nor is what rests on them', async () => {
    const disk = new SlowDisk()
    const machine = new GroupCommit(start, disk.write, disk.tell)
    let answered = 0
    const change = machine.change(count).then(() => answered++)
    const question = machine
      .change((newest) => ({ answer: newest?.revision }))
      .then(({ answer }) => {
        answered++
        return answer
      })
    await new Promise(setImmediate)
    expect([answered, machine.durable?.revision]).to.deep.equal([0, 0])
    await disk.end()
    await change
    expect(await question).to.equal(1)
    expect(disk.written).to.deep.equal([1])
  })

  it('fail together when they could not be written, and the machine goes on from what is durable', async () => {
    const disk = new SlowDisk()
    const machine = new GroupCommit(start, disk.write, disk.tell)
    const lost = Promise.allSettled([1, 2, 3].map(() => machine.change(count)))
    await disk.end(new Error('no space'))
    expect((await lost).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected', 'rejected'])
    expect([machine.durable?.revision, disk.told]).to.deep.equal([0, []])
    const next = machine.change(count)
    await disk.end()
    expect((await next).record?.revision).to.equal(1)
  })

  it('count a machine as there and gone in the order of the decisions', async () => {
    const disk = new SlowDisk()
    const machine = new GroupCommit(start, disk.write, disk.tell)
    const gone = machine.change(() => ({ record: null, answer: 'gone' }))
    const after = machine.change(count)
    await disk.end()
    expect([(await gone).answer, (await after).answer]).to.deep.equal(['gone', -1])
    expect(machine.vacant).to.equal(true)
    expect(disk.written).to.deep.equal([undefined])
  })
})
