import { expect } from 'chai'
import { readMachine, tellProblems } from '../../ww/states/read-yaml.ts'
import { colours, door, recordOf, timed } from './charts.ts'

const problemsOf = (text: string): string => {
  const read = readMachine(text)
  return 'problems' in read ? tellProblems('states.yaml', read.problems) : 'it was taken'
}
const lineWith = (text: string, part: string): number =>
  text.split('\n').findIndex((line) => line.includes(part)) + 1

describe('a chart in YAML', () => {
  it('is read when it is a linear one', () => {
    const { state, chart, revision } = recordOf(colours)
    expect({ state, revision }).to.deep.equal({ state: 'green_state', revision: 0 })
    if (chart.kind !== 'linear') throw new Error('it is not linear')
    expect(chart.states.map(({ name }) => name)).to.deep.equal(['green_state', 'red_state', 'blue_state'])
    expect(chart.states[0]).to.deep.equal({
      name: 'green_state',
      func: 'increment',
      current: { key: 'count', value: 0 },
      target: { name: 'red_state', when: { key: 'count', value: 2 } },
    })
    expect(chart.states[2]).to.deep.equal({ name: 'blue_state' })
  })

  it('is read when it goes by the clock, which needs no current value', () => {
    expect(recordOf(timed('3000-01-01T02:00:00')).state).to.equal('state_1')
    expect(recordOf(timed('3000-01-01T02:00:00').replaceAll("'", '')).state).to.equal('state_1')
  })

  it('is read when its machine has moved on, as the file is then written', () => {
    expect(recordOf(colours.replace('current_state: green', 'current_state: blue')).state).to.equal(
      'blue_state',
    )
    const lastFirst = colours
      .replace('  - name: blue_state\n', '')
      .replace('states:\n', '$&  - name: blue_state\n')
    const later = `${lastFirst.replace('current_state: green', 'current_state: red')}revision: 2\n`
    expect(recordOf(later).state).to.equal('red_state')
  })

  it('is read when it is a general one, and as JSON', () => {
    const { state, chart } = recordOf(door)
    expect(state).to.equal('closed')
    expect(chart).to.deep.equal({
      kind: 'chart',
      chart: {
        initial: 'closed',
        states: {
          closed: { open: 'opened', knock: null },
          opened: { close: 'closed', break: 'broken' },
          broken: {},
        },
      },
    })
    expect(recordOf('{"initial": "a", "states": {"a": {"on": {"go": "b"}}, "b": {}}}').state).to.equal('a')
  })

  const wrong: [what: string, from: string, part: string, by: string, says: string][] = [
    ['an unknown func', colours, 'func: increment', 'func: incremnt', 'did you mean "increment"?'],
    ['an unknown target', colours, 'name: blue_state', 'name: bleu_state', '"bleu_state" is no state'],
    [
      'a current state that there is not',
      colours,
      'current_state: green_state',
      'current_state: g',
      '"g" is no',
    ],
    ['a count that is text', colours, 'value: 0', "value: 'none'", 'must be a number, not "none"'],
    [
      'a time that is none',
      timed('3000-01-01T02:00:00'),
      '3000-01-01T02:00:00',
      '3000-02-31T02:00:00',
      'ISO time',
    ],
    [
      'a second state of a name',
      colours,
      '- name: blue_state',
      '- name: green_state # again',
      'another state "green_state"',
    ],
    ['a target in a general chart', door, 'close: closed', 'close: closing', '"closing" is no state'],
    ['words that are no YAML', colours, 'current_state: green_state', 'current_state: [green', ''],
    ['a state named twice in a general chart', door, '  broken: {}', '  closed: {}', 'unique'],
  ]
  for (const [what, from, part, by, says] of wrong) {
    it(`is refused with the line for ${what}`, () => {
      const text = from.replace(part, by)
      expect(problemsOf(text))
        .to.contain(says)
        .and.match(/^states\.yaml:\d+: /)
      if (says !== '') expect(problemsOf(text)).to.contain(`states.yaml:${lineWith(text, by)}: `)
    })
  }

  it('is refused with the line of a state that cannot be reached', () => {
    const lost = `${colours}  - name: lost\n`
    expect(problemsOf(lost)).to.equal(
      `states.yaml:${lineWith(lost, 'name: lost')}: the state "lost" cannot be reached`,
    )
    expect(problemsOf(`${door}  lost: {}\n`)).to.contain(
      'states.yaml:8: the state "lost" cannot be reached from "closed"',
    )
  })

  it('is refused when there is nothing in it, or something else', () => {
    for (const text of [
      '',
      'hello',
      '[]',
      'current_state: a',
      'states: []',
      'states: {a: 1}\ncurrent_state: a',
    ])
      expect(problemsOf(text), text).to.match(/^states\.yaml:\d+: /)
  })
})
