import { expect } from 'chai'
import { defineChart } from '../../ww/chart/chart.ts'
import { type Activity, type MachineParts, startMachine } from '../../ww/chart/machine.ts'

type State = 'IDLE' | 'WORKING' | 'DONE'
type Event = 'begin' | 'ok' | 'cancel'

const chart = defineChart<State, Event>({
  initial: 'IDLE',
  states: {
    IDLE: { begin: 'WORKING', cancel: null },
    WORKING: { ok: 'DONE', cancel: 'IDLE' },
    DONE: {},
  },
})

const untilAborted: Activity<Event> = (signal) =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve({ event: 'ok' })))

function start(activities: Partial<MachineParts<State, Event>['activities']>) {
  const entered: string[] = []
  const machine = startMachine({
    chart,
    activities: { IDLE: untilAborted, WORKING: untilAborted, DONE: async () => {}, ...activities },
    onEnter: ({ state, from, event, reason }) =>
      entered.push([state, from, event, reason].filter(Boolean).join(' ')),
  })
  return { machine, entered }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a machine', () => {
  it('enters the state that the event of an activity leads to, with the reason', async () => {
    const { machine, entered } = start({
      IDLE: async () => ({ event: 'begin' }),
      WORKING: async () => ({ event: 'ok', reason: 'all done' }),
    })
    expect(await machine.done).to.equal('DONE')
    expect(entered).to.deep.equal(['IDLE', 'WORKING IDLE begin', 'DONE WORKING ok all done'])
  })

  it('aborts the activity of the state it leaves, with the event as the reason, and discards what it returns', async () => {
    let reason: unknown
    const { machine, entered } = start({
      WORKING: (signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            reason = signal.reason
            resolve({ event: 'ok' })
          }),
        ),
    })
    await turn()
    machine.send('begin')
    await turn()
    machine.send('cancel')
    await turn()
    expect(reason).to.equal('cancel')
    expect(machine.state).to.equal('IDLE')
    expect(entered.at(-1)).to.equal('IDLE WORKING cancel')
  })

  it('enters the next state only when the old activity has settled', async () => {
    let settle = (): void => {}
    const { machine, entered } = start({
      IDLE: () =>
        new Promise((resolve) => {
          settle = () => resolve()
        }),
    })
    await turn()
    machine.send('begin')
    await turn()
    expect(machine.state).to.equal('WORKING')
    expect(entered).to.deep.equal(['IDLE'])
    settle()
    await turn()
    expect(entered).to.deep.equal(['IDLE', 'WORKING IDLE begin'])
  })

  it('decides an event that comes meanwhile from where it is going, and never enters the state that it passed through', async () => {
    let settle = (): void => {}
    const { machine, entered } = start({
      WORKING: () =>
        new Promise((resolve) => {
          settle = () => resolve()
        }),
    })
    await turn()
    machine.send('begin')
    await turn()
    machine.send('cancel')
    machine.send('begin')
    settle()
    await turn()
    expect(entered).to.deep.equal(['IDLE', 'WORKING IDLE begin', 'WORKING IDLE begin'])
  })

  it('returns false for an event that is ignored or not accepted', async () => {
    const { machine } = start({})
    await turn()
    expect(machine.send('cancel')).to.equal(false)
    expect(machine.send('ok')).to.equal(false)
    expect(machine.state).to.equal('IDLE')
  })

  it('surfaces what an activity throws', async () => {
    const { machine } = start({
      IDLE: async () => {
        throw new Error('broken')
      },
    })
    expect(await machine.done.catch((error: Error) => error.message)).to.equal('broken')
  })

  it('surfaces an activity that ends with an event that the chart does not accept', async () => {
    const { machine } = start({ IDLE: async () => ({ event: 'ok' }) })
    const message = await machine.done.catch((error: Error) => error.message)
    expect(message).to.equal('IDLE ended with ok, which the chart does not accept there')
  })

  it('surfaces an activity that ends without an event', async () => {
    const { machine } = start({ IDLE: async () => {} })
    const message = await machine.done.catch((error: Error) => error.message)
    expect(message).to.contain('IDLE ended with no event')
  })

  it('turns what is thrown in a state into an event, where it is told how', async () => {
    const thrown: string[] = []
    const machine = startMachine<State, Event>({
      chart,
      activities: {
        IDLE: () => Promise.reject(new Error('broken')),
        WORKING: async () => ({ event: 'ok' }),
        DONE: () => Promise.reject(new Error('at the end')),
      },
      onThrow: (error, state) => {
        thrown.push(`${state}: ${error instanceof Error ? error.message : ''}`)
        return { event: 'begin' }
      },
    })
    expect(await machine.done).to.equal('DONE')
    expect(thrown).to.deep.equal(['IDLE: broken', 'DONE: at the end'])
  })

  it('discards what an activity throws after its state was left, but reports it', async () => {
    const thrown: string[] = []
    const machine = startMachine<State, Event>({
      chart,
      activities: {
        IDLE: (signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
        WORKING: untilAborted,
        DONE: async () => {},
      },
      onThrow: (error) => {
        thrown.push(String(error))
        return { event: 'cancel' }
      },
    })
    await turn()
    machine.send('begin')
    await turn()
    expect(machine.state).to.equal('WORKING')
    expect(thrown).to.deep.equal(['Error: late'])
  })

  it('reports that it leaves a state at once, before its activity has settled', async () => {
    const left: string[] = []
    const machine = startMachine<State, Event>({
      chart,
      activities: { IDLE: () => new Promise(() => {}), WORKING: untilAborted, DONE: async () => {} },
      onLeave: ({ state, from, event, reason }) => left.push(`${from} ${event} ${state} ${reason}`),
    })
    await turn()
    machine.send('begin', 'somebody said so')
    expect(left).to.deep.equal(['IDLE begin WORKING somebody said so'])
  })

  it('leaves a state also when its observer throws', async () => {
    const thrown: string[] = []
    const machine = startMachine<State, Event>({
      chart,
      activities: { IDLE: untilAborted, WORKING: untilAborted, DONE: async () => {} },
      onLeave: () => {
        throw new Error('no observer')
      },
      onThrow: (error, state) => {
        thrown.push(`${state} ${error}`)
        return { event: 'cancel' }
      },
    })
    await turn()
    machine.send('begin')
    await turn()
    expect([machine.state, thrown]).to.deep.equal(['WORKING', ['IDLE Error: no observer']])
  })

  it('throws at the caller what its observer throws, where nothing else is told how', () => {
    const machine = startMachine<State, Event>({
      chart,
      activities: { IDLE: untilAborted, WORKING: untilAborted, DONE: async () => {} },
      onLeave: () => {
        throw new Error('no observer')
      },
    })
    expect(() => machine.send('begin')).to.throw('no observer')
  })

  it('waits for the activity of the final state, discards what it returns, and accepts no event there', async () => {
    let settle = (): void => {}
    const { machine, entered } = start({
      IDLE: async () => ({ event: 'begin' }),
      WORKING: async () => ({ event: 'ok' }),
      DONE: () =>
        new Promise((resolve) => {
          settle = () => resolve({ event: 'begin' })
        }),
    })
    let isDone = false
    const done = machine.done.then((state) => {
      isDone = true
      return state
    })
    await turn()
    expect([machine.state, isDone, machine.send('begin')]).to.deep.equal(['DONE', false, false])
    settle()
    expect(await done).to.equal('DONE')
    expect(entered).to.have.length(3)
  })

  it('gives each state a signal of its own', async () => {
    const signals: AbortSignal[] = []
    const { machine } = start({
      IDLE: (signal) => {
        signals.push(signal)
        return untilAborted(signal)
      },
      WORKING: (signal) => {
        signals.push(signal)
        return untilAborted(signal)
      },
    })
    await turn()
    expect(machine.send('begin')).to.equal(true)
    await turn()
    expect(signals.map(({ aborted }) => aborted)).to.deep.equal([true, false])
  })

  it('enters its first state only after the caller has it', () => {
    const { entered } = start({})
    expect(entered).to.deep.equal([])
  })
})
