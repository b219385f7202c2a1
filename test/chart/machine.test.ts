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
  it('goes where the event that an activity returns leads, and tells why', async () => {
    const { machine, entered } = start({
      IDLE: async () => ({ event: 'begin' }),
      WORKING: async () => ({ event: 'ok', reason: 'all done' }),
    })
    expect(await machine.done).to.equal('DONE')
    expect(entered).to.deep.equal(['IDLE', 'WORKING IDLE begin', 'DONE WORKING ok all done'])
  })

  it('aborts the activity of the state it leaves, with the event as the reason, and drops what it returns', async () => {
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

  it('answers an event on its way from where it is going, and never enters the state it passed', async () => {
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

  it('says no to an event that is ignored or not answered', async () => {
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

  it('surfaces an activity that ends with an event that leads nowhere', async () => {
    const { machine } = start({ IDLE: async () => ({ event: 'ok' }) })
    expect(await machine.done.catch((error: Error) => error.message)).to.contain(
      'the activity of IDLE ended with ok',
    )
  })
})
