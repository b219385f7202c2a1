import { expect } from 'chai'
import { firstRevision, joinRecord, splitRecord } from '../../ww/states/etcd-layout.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import { countUp, newCounter } from '../helpers/machine-records.ts'

const changed = (record: MachineRecord, key?: string): MachineRecord => {
  const after = countUp('test', key)(record).record
  if (!after) throw new Error('nothing changed')
  return { ...after, revision: record.revision + 1 }
}

describe('a machine laid out in etcd', () => {
  it('is whole in the log when it is made', () => {
    const record = newCounter()
    const { head, entry } = splitRecord(null, record, 'id')
    expect(entry.whole).to.equal(true)
    expect(joinRecord(null, head, [entry])).to.deep.equal(record)
  })

  it('costs what has changed, and comes together again', () => {
    const base = changed(newCounter(), '7')
    const record = changed(changed(base, '3'), 'b')
    const { head, entry } = splitRecord({ record: base, since: 1 }, record, 'id')
    expect(entry).to.deep.include({ whole: false, keys: { 3: 3, b: 4 } })
    expect(entry.history.map(({ revision }) => revision)).to.deep.equal([3, 4])
    expect(joinRecord(base, head, [entry])).to.deep.equal(record)
    expect(firstRevision(base, record)).to.equal(3)
  })

  it('forgets what the record has forgotten: the oldest, also of keys that look like numbers', () => {
    const base = { ...newCounter(), revision: 3, keys: { 9: 1, b: 2, 1: 3 } }
    const record = { ...base, revision: 4, keys: { b: 2, 1: 3, 0: 4 } }
    const { head, entry } = splitRecord({ record: base, since: 1 }, record, 'id')
    expect(joinRecord(base, head, [entry])).to.deep.equal(record)
  })

  it('is whole again after a thousand changes, and when somebody has rewritten its history', () => {
    const base = { ...changed(newCounter()), revision: 1_000 }
    expect(splitRecord({ record: base, since: 1 }, changed(base), 'id').entry.whole).to.equal(true)
    const rewritten = { ...changed(changed(newCounter())), history: [] }
    const since = { record: changed(newCounter()), since: 1 }
    const { head, entry } = splitRecord(since, rewritten, 'id')
    expect(joinRecord(since.record, head, [entry])).to.deep.equal(rewritten)
  })
})
