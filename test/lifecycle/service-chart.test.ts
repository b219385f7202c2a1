import { expect } from 'chai'
import { eventsOf, isFinal, next, reachable, statesOf } from '../../ww/chart/chart.ts'
import { serviceChart, visibleStateOf } from '../../ww/lifecycle/service-chart.ts'

describe('the chart of a service', () => {
  it('reaches every state', () => {
    expect([...reachable(serviceChart)].sort()).to.deep.equal(statesOf(serviceChart).sort())
  })

  it('answers each command in every state: none is an error', () => {
    for (const state of statesOf(serviceChart))
      for (const command of ['start', 'stop', 'restart', 'end'] as const) {
        if (state === 'ending' || state === 'ended') continue
        if (command === 'end')
          expect(next(serviceChart, state, command), state).to.be.oneOf(['ending', 'ended'])
        else expect(next(serviceChart, state, command), `${state} ${command}`).to.not.equal(undefined)
      }
  })

  it('ends its process before it is over, wherever it has one', () => {
    const some = ['starting', 'ready', 'failing', 'failed', 'done', 'restarting', 'stopping'] as const
    for (const state of some) expect(next(serviceChart, state, 'end')).to.equal('ending')
    for (const state of ['waiting', 'stopped'] as const)
      expect(next(serviceChart, state, 'end')).to.equal('ended')
  })

  it('has one end', () => {
    expect(statesOf(serviceChart).filter((state) => isFinal(serviceChart, state))).to.deep.equal(['ended'])
  })

  it('shows the words that users know', () => {
    expect(new Set(statesOf(serviceChart).map(visibleStateOf))).to.deep.equal(
      new Set(['starting', 'ready', 'stopping', 'failed', 'stopped', 'done']),
    )
    expect(eventsOf(serviceChart)).to.have.length(11)
  })
})
