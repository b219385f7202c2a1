import { readMachine, tellProblems } from '../../ww/states/read-yaml.ts'
import type { MachineRecord } from '../../ww/states/record.ts'

/** The machine that a chart describes. */
export function recordOf(text: string): MachineRecord {
  const read = readMachine(text)
  if ('record' in read) return read.record
  throw new Error(tellProblems('chart', read.problems))
}

/** The chart of three colours: red after two, blue after one more. */
export const colours = `# who may go
current_state: green_state
states:
  - name: green_state
    func: increment
    current:
      key: count
      value: 0
    target:
      name: red_state
      when:
        key: count
        value: 2
  - name: red_state
    func: increment
    current:
      key: count
      value: 0
    target:
      name: blue_state
      when:
        key: count
        value: 1
  - name: blue_state
`

/** A timed chart: two clocks, then the end. */
export const timed = (first: string, second = '3000-01-01T02:00:10'): string => `current_state: state_1
states:
- func: time
  name: state_1
  target:
    name: state_2
    when: {key: clock, value: '${first}'}
- func: time
  name: state_2
  target:
    name: state_3
    when: {key: clock, value: '${second}'}
- name: state_3
`

/** A general chart: a door. */
export const door = `initial: closed
states:
  closed:
    on: { open: opened, knock: null }
  opened:
    on: { close: closed, break: broken }
  broken: {}
`
