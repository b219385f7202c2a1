import { expect } from 'chai'
import { awaitState } from '../../ww/states/await-state.ts'
import { Changes } from '../../ww/states/changes.ts'
import { Clock } from '../../ww/states/clock.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import type { Decision, StateStore } from '../../ww/states/store.ts'
import { until } from '../helpers/until.ts'
import { recordOf, timed } from './charts.ts'

/** A store of one machine in memory, which fails as often as it is told. */
class FailingStore implements StateStore {
  failures = 0
  record: MachineRecord
  readonly listeners = new Set<(name: string, record: MachineRecord | null) => void>()

  constructor(chart: string) {
    this.record = recordOf(chart)
  }

  list = async (): Promise<string[]> => ['one']
  read = async (): Promise<MachineRecord> => this.record
  create = async (): Promise<boolean> => false
  remove = async (): Promise<boolean> => false
  close = async (): Promise<void> => {}

  async update<Answer>(
    name: string,
    decide: (record: MachineRecord) => Decision<Answer>,
  ): Promise<{ answer: Answer; record: MachineRecord }> {
    if (this.failures-- > 0) throw new Error('the disk is full')
    const { answer, record = this.record } = decide(this.record)
    const isChange = record !== this.record
    this.record = record
    if (isChange) for (const listener of this.listeners) listener(name, record)
    return { answer, record }
  }

  watch(listener: (name: string, record: MachineRecord | null) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

describe('the clock of timed machines', () => {
  it('tries again when a move could not be kept, and tells why', async () => {
    const store = new FailingStore(timed('2000-01-01T00:00:00Z', '2000-01-01T00:00:00Z'))
    store.failures = 1
    const warnings: string[] = []
    const clock = new Clock(store, (line) => warnings.push(line))
    await clock.start()
    await until(() => store.record.state === 'state_3')
    expect(warnings).to.deep.equal(['cannot move "one" at its time: the disk is full'])
    clock.close()
  })

  it('does nothing after it was stopped', async () => {
    const store = new FailingStore(timed('2000-01-01T00:00:00Z'))
    const clock = new Clock(store, () => {})
    await clock.start()
    clock.close()
    expect(store.listeners.size).to.equal(0)
    // timers of one length fire in their order: one that was left is over by then
    await new Promise((done) => setTimeout(done, 0))
    expect(store.record.state).to.equal('state_1')
  })
})

describe('waiting for a state', () => {
  it('ends with the client that has gone, and listens no more', async () => {
    const store = new FailingStore(timed('3000-01-01T00:00:00Z'))
    const changes = new Changes(store)
    const gone = new AbortController()
    const waiting = awaitState(store, changes, 'one', 'state_2', 600_000, gone.signal)
    gone.abort()
    expect((await waiting)?.state).to.equal('state_1')
    const after = awaitState(store, changes, 'one', 'state_2', 600_000, gone.signal)
    expect((await after)?.state).to.equal('state_1')
    changes.close()
    expect(store.listeners.size).to.equal(0)
  })
})
