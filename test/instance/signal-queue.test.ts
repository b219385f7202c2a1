import { expect } from 'chai'
import { SignalQueue } from '../../ww/instance/signal-queue.ts'

const names = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGUSR1'] as const

describe('the signal queue', () => {
  const before = new Map(names.map((name) => [name, process.listeners(name)]))
  afterEach(() => {
    for (const name of names)
      for (const listener of process.listeners(name))
        if (!before.get(name)?.includes(listener)) process.off(name, listener)
  })
  const record = () => {
    const calls: string[] = []
    const lifecycle = {
      stop(reason: string) {
        calls.push(`stop ${reason}`)
        return 'begun' as const
      },
      restart(reason: string) {
        calls.push(`restart ${reason}`)
        return true
      },
      async monitorNow() {
        calls.push('monitor')
        return null
      },
    }
    return { calls, lifecycle }
  }

  it('loses no stop that comes before there is a lifecycle, and forces the second', () => {
    const { calls, lifecycle } = record()
    const queue = new SignalQueue()
    process.emit('SIGTERM', 'SIGTERM')
    process.emit('SIGINT', 'SIGINT')
    queue.attach(lifecycle)
    expect(calls).to.deep.equal(['stop SIGTERM', 'stop SIGINT'])
  })

  it('passes each signal on', () => {
    const { calls, lifecycle } = record()
    new SignalQueue().attach(lifecycle)
    for (const name of names) process.emit(name, name)
    expect(calls).to.deep.equal([
      ...['stop SIGTERM', 'stop SIGINT', 'stop SIGQUIT', 'restart SIGHUP', 'monitor'],
    ])
  })
})
