import { expect } from 'chai'
import { defineChart, eventsOf, isFinal, next, reachable, statesOf } from '../../ww/chart/chart.ts'
import { drawChart } from '../../ww/chart/draw.ts'
import { parseChart } from '../../ww/chart/parse.ts'

const light = defineChart({
  initial: 'RED',
  states: {
    RED: { go: 'GREEN', stop: null, fuse: 'BROKEN' },
    GREEN: { stop: 'RED', fuse: 'BROKEN' },
    BROKEN: { go: null },
  },
})

describe('a chart', () => {
  it('leads from a state to the next by an event', () => {
    expect(next(light, 'RED', 'go')).to.equal('GREEN')
  })

  it('tells an ignored event from one that is not answered', () => {
    expect(next(light, 'RED', 'stop')).to.equal(null)
    expect(next(light, 'GREEN', 'go')).to.equal(undefined)
  })

  it('does not take a property of every object for an answer', () => {
    const parsed = parseChart({ initial: 'A', states: { A: {} } })
    if (!('chart' in parsed)) throw new Error('it should parse')
    expect(next<string, string>(parsed.chart, 'A', 'toString')).to.equal(undefined)
    expect(next<string, string>(light, 'RED', 'toString')).to.equal(undefined)
  })

  it('lists its states, its events and what can be reached', () => {
    expect(statesOf(light)).to.deep.equal(['RED', 'GREEN', 'BROKEN'])
    expect(eventsOf(light)).to.deep.equal(['go', 'stop', 'fuse'])
    expect([...reachable(light)]).to.have.members(['RED', 'GREEN', 'BROKEN'])
  })

  it('is final where there is no way out', () => {
    expect(statesOf(light).filter((state) => isFinal(light, state))).to.deep.equal(['BROKEN'])
  })
})

describe('drawChart', () => {
  it('draws each way once, its events together, and marks the ends', () => {
    const twoWays = defineChart({ initial: 'A', states: { A: { x: 'B', y: 'B', z: null }, B: {} } })
    expect(drawChart(twoWays)).to.equal('stateDiagram-v2\n  [*] --> A\n  A --> B: x, y\n  B --> [*]\n')
  })
})

describe('parseChart', () => {
  it('reads a chart out of data', () => {
    expect(parseChart({ initial: 'A', states: { A: { done: 'B' }, B: {} } })).to.have.nested.property(
      'chart.initial',
      'A',
    )
  })

  it('reads an ignored event as null, and an event of any name', () => {
    const parsed = parseChart({ initial: 'A', states: { A: { toString: null, done: 'A' } } })
    if (!('chart' in parsed)) throw new Error('it should parse')
    expect(next<string, string>(parsed.chart, 'A', 'toString')).to.equal(null)
    expect(next<string, string>(parsed.chart, 'A', 'done')).to.equal('A')
  })

  it('lists everything that is wrong', () => {
    const states = { A: { go: 5, back: ['A'] }, B: null, C: [] }
    expect(parseChart({ initial: 5, states })).to.deep.equal({
      problems: [
        '"initial" must be one of: A, B, C',
        '"states.A.go" leads to 5, which is no state',
        '"states.A.back" leads to ["A"], which is no state',
        '"states.B" must be an object from event to state',
        '"states.C" must be an object from event to state',
      ],
    })
    expect(parseChart({ initial: 'A', states: { A: {}, B: {}, C: { go: 'B' } } })).to.deep.equal({
      problems: ['"states.B" cannot be reached from "A"', '"states.C" cannot be reached from "A"'],
    })
  })

  for (const data of [null, undefined, [], 5]) {
    it(`refuses ${JSON.stringify(data)} in the place of a chart, and of its states`, () => {
      const problem = 'a chart must be an object with "initial" and "states"'
      expect(parseChart(data)).to.deep.equal({ problems: [problem] })
      const noStates = '"states" must be an object with at least one state'
      expect(parseChart({ initial: 'A', states: data })).to.deep.equal({ problems: [noStates] })
    })
  }

  const wrong: [string, unknown, string][] = [
    ['data that is no object', 'A', 'a chart must be an object with "initial" and "states"'],
    ['no states', { initial: 'A', states: {} }, '"states" must be an object with at least one state'],
    ['an initial state that is none', { initial: 'X', states: { A: {} } }, '"initial" must be one of: A'],
    [
      'a target that is no state',
      { initial: 'A', states: { A: { go: 'X' } } },
      '"states.A.go" leads to "X", which is no state',
    ],
    [
      'a state without answers',
      { initial: 'A', states: { A: 'B' } },
      '"states.A" must be an object from event to state',
    ],
    [
      'a state that cannot be reached',
      { initial: 'A', states: { A: {}, B: {} } },
      '"states.B" cannot be reached from "A"',
    ],
  ]
  for (const [what, data, problem] of wrong) {
    it(`refuses ${what}`, () => {
      expect(parseChart(data)).to.deep.equal({ problems: [problem] })
    })
  }
})
