import { expect } from 'chai'
import { decideTime, decideUpdate, hasEnded, type Update } from '../../ww/states/decide.ts'
import { dueAt } from '../../ww/states/linear.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import { colours, door, recordOf, timed } from './charts.ts'

const at = '2026-11-21T04:00:00.000Z'
const asked = (update: Partial<Update> = {}): Update => ({ by: 'chef', at, ...update })
const refusalOf = (record: MachineRecord, update: Partial<Update>): string => {
  const { record: after, answer } = decideUpdate(record, asked(update))
  expect(after).to.equal(undefined)
  return answer.ok ? 'none' : answer.refusal
}
const after = (record: MachineRecord, ...updates: Partial<Update>[]): MachineRecord =>
  updates.reduce((machine, update) => {
    const { record: next, answer } = decideUpdate(machine, asked(update))
    expect(answer.ok, JSON.stringify(answer)).to.equal(true)
    return next ?? machine
  }, record)

describe('an update of a linear machine', () => {
  it('counts, and moves on when the count meets the target', () => {
    const once = after(recordOf(colours), { state: 'green_state' })
    expect([once.state, once.revision]).to.deep.equal(['green_state', 1])
    const twice = after(once, { state: 'green_state' })
    expect([twice.state, twice.revision]).to.deep.equal(['red_state', 2])
    expect(twice.history).to.deep.equal([
      { revision: 1, at, by: 'chef', what: 'green_state: count is 1', state: 'green_state' },
      { revision: 2, at, by: 'chef', what: 'green_state: count is 2', state: 'red_state' },
    ])
  })

  it('is refused for a state that is not current, and for a machine that has ended', () => {
    const start = recordOf(colours)
    expect(refusalOf(start, { state: 'red_state' })).to.equal('not-current')
    const ended = after(start, {}, {}, {})
    expect(hasEnded(ended)).to.equal(true)
    expect(refusalOf(ended, { state: 'blue_state' })).to.equal('ended')
  })

  it('is refused for a machine that moves by its clock', () => {
    expect(refusalOf(recordOf(timed('3000-01-01T02:00:00')), { state: 'state_1' })).to.equal('timed')
  })

  it('counts once when it is retried with its key, and tells the revision that it made', () => {
    const once = after(recordOf(colours), { key: 'a' })
    const retried = decideUpdate(once, asked({ key: 'a', revisions: [0] }))
    expect(retried).to.deep.equal({ answer: { ok: true, revision: 1 } })
    expect(after(once, { key: 'b' }).state).to.equal('red_state')
  })

  it('is refused when it is meant for another revision', () => {
    expect(refusalOf(recordOf(colours), { revisions: [1, 2] })).to.equal('other-revision')
    expect(after(recordOf(colours), { revisions: [0] }).revision).to.equal(1)
  })

  it('keeps the newest 1,000 entries, and 500 keys at least, also of keys that look like numbers', () => {
    let machine = recordOf(colours.replace('value: 2', 'value: 5000'))
    for (let i = 0; i < 1010; i++) machine = after(machine, { key: String(5000 - i) })
    expect(machine.history.length).to.equal(1000)
    expect(machine.history.at(-1)?.revision).to.equal(1010)
    expect(Object.keys(machine.keys).length).to.be.within(500, 1000)
    expect(machine.keys).to.have.property('3991', 1010).and.not.to.have.property('5000')
    expect(machine.keys).to.have.property('4491')
  })

  it('counts anew in a state that it comes back to', () => {
    const circle = recordOf(
      colours
        .replace('name: blue_state\n      when', 'name: green_state\n      when')
        .replace('  - name: blue_state\n', ''),
    )
    const again = after(circle, {}, {}, {})
    expect(again.state).to.equal('green_state')
    expect(after(again, {}).state).to.equal('green_state')
    expect(after(again, {}, {}).state).to.equal('red_state')
  })
})

describe('a timed machine', () => {
  const due = Date.parse('2026-11-21T04:00:00Z')
  const machine = recordOf(timed('2026-11-21T04:00:00Z'))

  it('tells when its time comes, by local time when there is no zone', () => {
    expect(dueAt(machine)).to.equal(due)
    expect(dueAt(recordOf(timed('2026-11-21T04:00:00')))).to.equal(new Date(2026, 10, 21, 4).getTime())
    expect(dueAt(recordOf(colours))).to.equal(null)
  })

  it('moves when its time has come, late too, and not before', () => {
    expect(decideTime(machine, due - 1)).to.deep.equal({ answer: false })
    const { record } = decideTime(machine, due + 86_400_000)
    expect([record?.state, record?.revision, record?.history[0]?.by]).to.deep.equal([
      'state_2',
      1,
      'the clock',
    ])
  })
})

describe('an update of a general machine', () => {
  it('goes where the event leads, and ignores what the chart ignores', () => {
    const start = recordOf(door)
    expect(after(start, { event: 'open' }, { event: 'close' }, { event: 'open' }).revision).to.equal(3)
    expect(after(start, { event: 'knock' })).to.equal(start)
  })

  it('is refused without an event, with one that is not answered, in another state, and at the end', () => {
    const start = recordOf(door)
    expect(refusalOf(start, { state: 'closed' })).to.equal('no-event')
    expect(refusalOf(start, { event: 'close' })).to.equal('unknown-event')
    expect(refusalOf(start, { state: 'opened', event: 'close' })).to.equal('not-current')
    expect(refusalOf(after(start, { event: 'open' }, { event: 'break' }), { event: 'open' })).to.equal(
      'ended',
    )
  })
})
