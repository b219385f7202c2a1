import { readMachine } from '../../ww/states/read-yaml.ts'
import type { MachineRecord } from '../../ww/states/record.ts'
import type { Decision, StateStore } from '../../ww/states/store.ts'

const chart = `current_state: COUNTING
states:
  - name: COUNTING
    func: increment
    current: { key: count, value: 0 }
    target: { name: END, when: { key: count, value: 1000000 } }
  - name: END
`

/** A machine that counts to a million: one state that increments, and a final one; as if it had moved once before. */
export function newCounter(): MachineRecord {
  const read = readMachine(chart)
  if (!('record' in read)) throw new Error('the chart is wrong')
  return { ...read.record, revision: 1 }
}

/** What a counter has come to. */
export function countOf(record: MachineRecord | null): number {
  if (record?.chart.kind !== 'linear') throw new Error('it is no counter')
  return Number(record.chart.states[0]?.current?.value)
}

/** Decides as the service does: adds one, writes the history, and counts an idempotency key once. */
export function countUp(by = 'test', key?: string) {
  return (record: MachineRecord): Decision<number> => {
    if (key !== undefined && Object.hasOwn(record.keys, key)) return { answer: countOf(record) }
    if (record.chart.kind !== 'linear') throw new Error('it is no counter')
    const value = countOf(record) + 1
    const revision = record.revision + 1
    const [first, ...others] = record.chart.states
    if (!first) throw new Error('it has no states')
    const entry = {
      revision,
      at: '2026-11-21T00:00:00Z',
      by,
      what: `increment count to ${value}`,
      state: record.state,
    }
    const keys = key === undefined ? record.keys : Object.entries({ ...record.keys, [key]: revision })
    return {
      answer: value,
      record: {
        ...record,
        chart: { kind: 'linear', states: [{ ...first, current: { key: 'count', value } }, ...others] },
        history: [...record.history, entry].slice(-1_000),
        keys: Array.isArray(keys)
          ? Object.fromEntries(keys.sort(([, a], [, b]) => a - b).slice(-1_000))
          : record.keys,
      },
    }
  }
}

/** Increments many times, as many at once as `width` says; resolves with every answer, which `answers` has as they come. */
export async function countMany(
  store: StateStore,
  name: string,
  times: number,
  width: number,
  answers: number[] = [],
): Promise<number[]> {
  let left = times
  const one = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const done = await store.update(name, countUp())
      if (done === null) throw new Error(`there is no ${name}`)
      answers.push(done.answer)
    }
  }
  await Promise.all(Array.from({ length: width }, one))
  return answers
}
